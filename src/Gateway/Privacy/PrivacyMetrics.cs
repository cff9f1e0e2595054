using System.Diagnostics.Metrics;

namespace Gateway.Privacy;

/// <summary>What is counted of requests about end users.</summary>
internal sealed class PrivacyMetrics
{
    public const string MeterName = "Gateway.Privacy";

    private readonly Counter<long> _requests;

    public PrivacyMetrics(IMeterFactory meters) =>
        // The factory disposes the meter.
        _requests = meters.Create(MeterName).CreateCounter<long>("gateway.privacy.requests", "{request}", "Requests about end users by operation, outcome and error code.");

    public void Ended(string operation, PrivacyOutcome outcome, string? errorCode) => _requests.Add(
        1,
        new("operation", operation),
        new("outcome", outcome switch
        {
            PrivacyOutcome.Done => "done",
            PrivacyOutcome.Incomplete => "incomplete",
            PrivacyOutcome.Unavailable => "unavailable",
            PrivacyOutcome.Interrupted => "interrupted",
            _ => "rejected",
        }),
        new("error.type", errorCode));
}
