using System.Diagnostics.Metrics;

namespace Gateway.CallStart;

/// <summary>What is counted of calls that start. No tag whose values a sender chooses.</summary>
internal sealed class CallStartMetrics
{
    public const string MeterName = "Gateway.CallStart";

    private readonly Counter<long> _starts;
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _promptTokens;

    public CallStartMetrics(IMeterFactory meters)
    {
        // The factory disposes it.
        var meter = meters.Create(MeterName);
        _starts = meter.CreateCounter<long>("gateway.call_start.starts", "{call}", "Calls that started, by caller, whether somebody was identified, what was recalled, and error code.");
        _duration = meter.CreateHistogram<double>("gateway.call_start.duration", "s", "Time to the answer.");
        _promptTokens = meter.CreateCounter<long>("gateway.call_start.prompt_tokens", "{token}", "Tokens of prompts that were read before a call's first turn, by whether they were cached already.");
    }

    public void Ended(StartingCall call, double seconds)
    {
        _starts.Add(
            1,
            new("caller", call.Caller?.Name ?? "none"),
            new("identified", call.Identity.Token is not null),
            new("recall", Name(call.Recall)),
            new("error.type", call.Failure?.Code));
        if (call.Failure is null) _duration.Record(seconds);
    }

    public void PromptWarmed(int tokens, int cached)
    {
        _promptTokens.Add(tokens - cached, new KeyValuePair<string, object?>("cached", false));
        _promptTokens.Add(cached, new KeyValuePair<string, object?>("cached", true));
    }

    private static string Name(RecallOutcome outcome) => outcome switch
    {
        RecallOutcome.Found => "found",
        RecallOutcome.Nothing => "nothing",
        RecallOutcome.Late => "late",
        RecallOutcome.Failed => "failed",
        _ => "none",
    };
}
