using Gateway.Options;

namespace Gateway.Turns;

/// <summary>How long a turn may take.</summary>
/// <param name="FirstOutput">From its arrival to the first output of a stream.</param>
/// <param name="Answer">From its arrival to the first meaningful token, where buffer words were the first output.</param>
/// <param name="Stall">Between two deltas of a stream, and for one write to the caller.</param>
/// <param name="Total">In all.</param>
internal sealed record TurnLimits(TimeSpan FirstOutput, TimeSpan Answer, TimeSpan Stall, TimeSpan Total)
{
    /// <summary>How long a voice answer may go on after the total, to the end of its sentence. ElevenLabs ends a turn at 17 s at the earliest.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    /// <summary>The least that an attempt has which takes the place of one whose tool call broke off: what most answers need.</summary>
    public static readonly TimeSpan SecondChance = TimeSpan.FromSeconds(2);

    private static readonly TurnLimits Voice = new(TimeSpan.FromSeconds(3.5), TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(16));

    private static readonly TurnLimits Api = new(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(200));

    public static TurnLimits For(CallerOptions caller)
    {
        var defaults = caller.Profile == CallerProfile.Voice ? Voice : Api;
        return new(
            caller.FirstOutputTimeout ?? defaults.FirstOutput,
            caller.AnswerTimeout ?? defaults.Answer,
            caller.StallTimeout ?? defaults.Stall,
            caller.TurnTimeout ?? defaults.Total);
    }
}
