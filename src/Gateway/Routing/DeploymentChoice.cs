namespace Gateway.Routing;

/// <summary>
/// Which deployments a turn asks, one after the other or beside each other. It keeps what was tried, so it is one turn's, and never copied.
/// </summary>
internal struct DeploymentChoice(Route route, ulong conversation, int promptBytes)
{
    // Clearly slower: moving a conversation costs its prompt cache, some hundred milliseconds of a long prompt, so twice as slow and by as much
    // as the shortest hedge delay. Less is noise.
    private const double Slower = 2;

    private Deployment? _first;
    private ulong _tried;
    private ulong _triedAgain;

    /// <summary>The choice of a turn.</summary>
    /// <param name="route">Where the turn's model is.</param>
    /// <param name="conversationId">The turn's conversation, which stays on its deployment as long as that does well; null: any may answer.</param>
    /// <param name="promptBytes">The size of the request.</param>
    public DeploymentChoice(Route route, string? conversationId, int promptBytes)
        // Not a hash of the prompt's first words: these are the agent's, and all its callers would meet on one deployment.
        : this(route, conversationId is null ? (ulong)Random.Shared.NextInt64() : Rendezvous.Hash(conversationId), promptBytes)
    {
    }

    /// <summary>Whether the deployment that was returned last was tried before: the attempt then wants another connection.</summary>
    public bool IsRepeat { get; private set; }

    /// <summary>How long an attempt may be without a meaningful token before the next starts beside it. Asked for after <see cref="Next()"/>.</summary>
    public readonly TimeSpan HedgeDelay => _first!.Health.HedgeDelay(promptBytes);

    /// <summary>
    /// The deployment for the next attempt. There always is one: when all were tried or are out, the one that fits best of those.
    /// </summary>
    public Deployment Next() => Next(withoutEffects: false)!;

    /// <summary>Whether <see cref="Next()"/> would be one with effects.</summary>
    public readonly bool NextHasEffects => route.Targets[Find(withoutEffects: false).Index].Deployment.HasEffects;

    /// <summary>The same of those without effects; null where the route has none.</summary>
    public Deployment? NextWithoutEffects() => Next(withoutEffects: true);

    /// <summary>
    /// Whether an attempt may start beside one that is under way: where <see cref="Next()"/> would be one without effects that is not out, and the
    /// budget has something left, which is then taken.
    /// </summary>
    public readonly bool MayHedge() => Find(withoutEffects: true) is { Index: >= 0, View.IsOut: false } && route.HedgeBudget.TryTake();

    private Deployment? Next(bool withoutEffects)
    {
        if (_first is null) route.HedgeBudget.OnTurn();

        var (index, view) = Find(withoutEffects);
        if (index < 0) return null;
        // Another turn's attempt may be the probe: this turn then sees the deployment as out.
        while (view.ProbeIsDue && !route.Targets[index].Deployment.Health.TryProbe()) (index, view) = Find(withoutEffects);

        var bit = 1UL << index;
        IsRepeat = (_tried & bit) != 0;
        _triedAgain |= _tried & bit;
        _tried |= bit;
        var next = route.Targets[index].Deployment;
        _first ??= next;
        return next;
    }

    private readonly (int Index, HealthView View) Find(bool withoutEffects)
    {
        var targets = route.Targets;
        Span<HealthView> views = stackalloc HealthView[targets.Length];
        var found = -1;
        var least = (Rank: int.MaxValue, IsSlow: true, OutUntil: long.MaxValue, Priority: int.MaxValue, Distance: double.MaxValue);
        // A lower group is for turns that have nobody left above.
        for (int start = 0, end; start < targets.Length && least.Rank > 0; start = end)
        {
            var fastest = TimeSpan.MaxValue;
            for (end = start; end < targets.Length && targets[end].Priority == targets[start].Priority; end++)
            {
                if (withoutEffects && targets[end].Deployment.HasEffects) continue;
                var view = views[end] = targets[end].Deployment.Health.Look(promptBytes);
                if (view.Typical > TimeSpan.Zero && view.Typical < fastest && Rank(end, view) == 0) fastest = view.Typical;
            }

            for (var i = start; i < end; i++)
            {
                var target = targets[i];
                if (withoutEffects && target.Deployment.HasEffects) continue;
                var order = (Rank(i, views[i]), IsSlower(views[i].Typical, fastest), views[i].OutUntil, target.Priority, Rendezvous.Distance(conversation, target.Hash, target.Weight));
                if (order.CompareTo(least) < 0) (found, least) = (i, order);
            }
        }

        return (found, found < 0 ? default : views[found]);
    }

    /// <summary>0: not tried, and not out. Each try of this turn is a step down, and so is being out.</summary>
    private readonly int Rank(int index, HealthView view) => (int)(_tried >> index & 1) + (int)(_triedAgain >> index & 1) + (view.IsOut ? 1 : 0);

    private static bool IsSlower(TimeSpan typical, TimeSpan fastest) =>
        fastest < TimeSpan.MaxValue && typical > fastest * Slower && typical > fastest + DeploymentHealth.ShortestHedgeDelay;
}
