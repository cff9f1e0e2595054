namespace Load;

/// <summary>How the turns of a load went.</summary>
/// <param name="turns">The turns, in order of their arrival.</param>
/// <param name="calls">How many calls deployments got.</param>
internal sealed class LoadReport(IReadOnlyList<TurnTimes> turns, int calls)
{
    public Waits Waits { get; } = new(turns.Select(static turn => turn.FirstToken?.TotalMilliseconds));

    /// <summary>Calls beyond one a turn, in percent of the turns.</summary>
    public double ExtraCalls => 100.0 * (calls - turns.Count) / turns.Count;

    /// <summary>Turns without a proper end, or with nothing said.</summary>
    public int EndedBadly => turns.Count(static turn => !turn.EndsWell);

    /// <summary>When the last of the turns had something said, in milliseconds from its arrival.</summary>
    public double LatestOutputMs => turns.Max(static turn => turn.FirstOutput?.TotalMilliseconds ?? double.PositiveInfinity);

    /// <summary>When the longest of the turns ended.</summary>
    public double LatestEndMs => turns.Max(static turn => turn.EndedAt.TotalMilliseconds);

    /// <summary>How many turns another run has other times for.</summary>
    public int DifferencesTo(LoadReport other) => turns.Count - turns.Zip(other.Turns).Count(static both => both.First.HasTimesOf(both.Second));

    private IReadOnlyList<TurnTimes> Turns => turns;
}
