using Microsoft.Extensions.Logging;

namespace Gateway.CallStart;

/// <summary>The one line that the start of a call leaves. No number, and nothing else that names a person.</summary>
internal static partial class CallStartLog
{
    [LoggerMessage(
        310,
        LogLevel.Information,
        "Call start answered {Status} ({ErrorCode}): caller {Caller}, agent {AgentId}, identified {Identified}, recall {Recall}, in all {DurationMs} ms, {RequestId}")]
    public static partial void Ended(
        ILogger log, int status, string? errorCode, string? caller, string? agentId, bool identified, RecallOutcome recall, double durationMs, string requestId);

    [LoggerMessage(311, LogLevel.Warning, "Nobody who calls can be identified: the secret {KeySecret} or {SigningSecret} is absent.")]
    public static partial void NoSecret(ILogger log, string keySecret, string signingSecret);
}
