using Load;

namespace Simulation;

/// <summary>Voice turns through the gateway, in simulated time. The same traffic has the same times whenever it runs.</summary>
/// <param name="Seed">What the arrivals and the deployments' fates are drawn from.</param>
internal sealed record SimulatedTraffic(int Seed)
{
    // A caller speaks every 12 s; with 5 turns a second that makes 60 lines. Each has some 12 turns, then the next call.
    private const int Lines = 60;
    private const int TurnsOfACall = 12;

    /// <summary>How many deployments answer; they are <c>a</c>, <c>b</c>, …</summary>
    public int Deployments { get; init; } = 2;

    /// <summary>Whether each stands in for the one before it, as without a setting for models; else conversations are spread over all.</summary>
    public bool InOrder { get; init; }

    public int HedgePercent { get; init; } = 10;

    /// <summary>Whether a refusal also says, in <c>x-ratelimit-reset-requests</c>, that nothing is left for a second, which is as short as that header can be.</summary>
    public bool CountsInSeconds { get; init; }

    /// <summary>How a deployment answers a call; null, also where it returns null: as an <see cref="UnsteadyDeployment"/>.</summary>
    public Func<string, SimulatedCall?>? Answer { get; init; }

    /// <summary>Turns that arrive as a Poisson process, whatever became of those before.</summary>
    public Task<LoadReport> ArriveAsync(int turns, double perSecond = 5) => RunAsync(async gateway =>
    {
        var random = new Random(Seed);
        var arrived = new Task<TurnTimes>[turns];
        for (var i = 0; i < turns; i++)
        {
            arrived[i] = TurnAsync(gateway, i, $"conv_{random.Next(Lines)}_{i / (Lines * TurnsOfACall)}");
            await SimulatedDelay.WaitAsync(gateway.Time, TimeSpan.FromSeconds(-Math.Log(1 - random.NextDouble()) / perSecond), CancellationToken.None);
        }

        return await Task.WhenAll(arrived);
    });

    /// <summary>Callers side by side, each of whom begins a turn when the one before has ended.</summary>
    public Task<LoadReport> TakeTurnsAsync(int callers, int turns) => RunAsync(async gateway =>
    {
        var taken = await Task.WhenAll(Enumerable.Range(0, callers).Select(CallAsync));
        return [.. taken.SelectMany(static turns => turns)];

        async Task<TurnTimes[]> CallAsync(int caller)
        {
            var times = new TurnTimes[turns];
            for (var i = 0; i < turns; i++) times[i] = await TurnAsync(gateway, i, $"conv_{caller}");
            return times;
        }
    });

    private async Task<LoadReport> RunAsync(Func<SimulatedGateway, Task<TurnTimes[]>> traffic)
    {
        var calls = 0;
        var unsteady = Names.ToDictionary(static name => $"{name}.example", name => UnsteadyDeployment.Of(Seed, name));
        await using var gateway = await SimulatedGateway.StartAsync(Deployments, Answered, Settings());

        Task<TurnTimes[]>? turns = null;
        await using var start = gateway.Time.CreateTimer(_ => turns = traffic(gateway), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        while (turns is not { IsCompleted: true })
        {
            if (!gateway.Time.TryAdvanceToNext()) throw new TimeoutException("The turns do not end.");
        }

        return new LoadReport(await turns, calls);

        SimulatedCall Answered(string host, int number)
        {
            calls++;
            return Answer?.Invoke(host) ?? Call(unsteady[host].Next(), CountsInSeconds);
        }
    }

    private IEnumerable<string> Names => Enumerable.Range(0, Deployments).Select(static i => $"{(char)('a' + i)}");

    private Dictionary<string, string?> Settings()
    {
        var settings = new Dictionary<string, string?> { ["HedgePercent"] = $"{HedgePercent}" };
        if (InOrder) return settings;

        settings["Models:0:Name"] = "model";
        foreach (var (i, name) in Names.Index()) settings[$"Models:0:Deployments:{i}:Name"] = name;
        return settings;
    }

    private static async Task<TurnTimes> TurnAsync(SimulatedGateway gateway, int number, string conversation)
    {
        var turn = gateway.Begin(VoiceTurn.Json(number), conversationId: conversation);
        await turn.Task;
        var times = new TurnTimes();
        foreach (var (at, text) in turn.Writes) times.Got(at, text);
        // The calls of 20,000 turns would fill the memory.
        gateway.Upstream.Calls.Clear();
        return times;
    }

    private static SimulatedCall Call(AttemptFate fate, bool countsInSeconds)
    {
        if (fate.IsRefused)
        {
            var refusal = SimulatedCall.Fails(429, UnsteadyDeployment.RefusalMs, retryAfterMs: $"{UnsteadyDeployment.RetryAfterMs}");
            if (countsInSeconds) (refusal.Headers["x-ratelimit-remaining-requests"], refusal.Headers["x-ratelimit-reset-requests"]) = ("0", "1");
            return refusal;
        }

        var call = SimulatedCall.Begins(fate.FirstTokenMs + (fate.Stall == Stall.BehindRole ? UnsteadyDeployment.StallMs : 0), UnsteadyDeployment.Words[0]);
        if (fate.Stall == Stall.BeforeHeaders) call.HeadersAt = TimeSpan.FromMilliseconds(UnsteadyDeployment.StallMs);
        foreach (var word in UnsteadyDeployment.Words.AsSpan(1)) call.Frame(UnsteadyDeployment.WordMs, $"{{\"content\":\"{word}\"}}");
        return call.Ends();
    }
}
