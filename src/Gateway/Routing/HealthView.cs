namespace Gateway.Routing;

/// <summary>What a choice needs to know of a deployment now.</summary>
/// <param name="OutUntil">Until when it is not to be asked while another can be, as a timestamp; 0: it can be.</param>
/// <param name="ProbeIsDue">It has been out, and the next attempt, one alone, finds out whether it still is.</param>
/// <param name="Typical">The usual time to the first token for prompts of this size; zero: not known.</param>
internal readonly record struct HealthView(long OutUntil, bool ProbeIsDue, TimeSpan Typical)
{
    public bool IsOut => OutUntil != 0;
}
