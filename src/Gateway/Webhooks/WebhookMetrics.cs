using System.Diagnostics.Metrics;

namespace Gateway.Webhooks;

/// <summary>What is counted of webhooks, and what ElevenLabs measured. Never content, and no tag whose values a sender chooses.</summary>
internal sealed class WebhookMetrics
{
    public const string MeterName = "Gateway.Webhooks";

    private readonly Counter<long> _events;
    private readonly Histogram<double> _timeToFirstToken;
    private readonly Histogram<double> _timeToFirstSentence;

    public WebhookMetrics(IMeterFactory meters)
    {
        // The factory disposes it.
        var meter = meters.Create(MeterName);
        _events = meter.CreateCounter<long>("gateway.webhook.events", "{event}", "Webhooks by type, outcome and error code.");
        _timeToFirstToken = meter.CreateHistogram<double>("elevenlabs.turn.time_to_first_token", "s", "Time to the first token of a turn, as ElevenLabs saw it.");
        _timeToFirstSentence = meter.CreateHistogram<double>("elevenlabs.turn.time_to_first_sentence", "s", "Time to the first sentence of a turn, as ElevenLabs saw it.");
    }

    public void Ended(WebhookEvent? call, WebhookOutcome outcome, string? errorCode) => _events.Add(
        1,
        new("type", call?.Type is null ? "none" : call.IsKnown ? call.Type : "other"),
        new("outcome", Name(outcome)),
        new("error.type", errorCode));

    public void Turns(WebhookEvent call)
    {
        foreach (var seconds in call.TimesToFirstToken) _timeToFirstToken.Record(seconds);
        foreach (var seconds in call.TimesToFirstSentence) _timeToFirstSentence.Record(seconds);
    }

    private static string Name(WebhookOutcome outcome) => outcome switch
    {
        WebhookOutcome.Stored => "stored",
        WebhookOutcome.NotKept => "not_kept",
        WebhookOutcome.Duplicate => "duplicate",
        WebhookOutcome.Replayed => "replayed",
        WebhookOutcome.Forgotten => "forgotten",
        WebhookOutcome.Unavailable => "unavailable",
        WebhookOutcome.Interrupted => "interrupted",
        _ => "rejected",
    };
}
