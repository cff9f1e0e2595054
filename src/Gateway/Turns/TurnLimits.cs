using Gateway.Options;

namespace Gateway.Turns;

/// <summary>How long a turn may take.</summary>
/// <param name="FirstToken">From its arrival to the first meaningful token of a stream.</param>
/// <param name="Stall">Between two deltas of a stream, and for one write to the caller.</param>
/// <param name="Total">In all.</param>
internal sealed record TurnLimits(TimeSpan FirstToken, TimeSpan Stall, TimeSpan Total)
{
    private static readonly TurnLimits Voice = new(TimeSpan.FromSeconds(16), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(16));

    private static readonly TurnLimits Api = new(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(200));

    public static TurnLimits For(CallerOptions caller)
    {
        var defaults = caller.Profile == CallerProfile.Voice ? Voice : Api;
        return new(
            caller.FirstTokenTimeout ?? defaults.FirstToken,
            caller.StallTimeout ?? defaults.Stall,
            caller.TurnTimeout ?? defaults.Total);
    }
}
