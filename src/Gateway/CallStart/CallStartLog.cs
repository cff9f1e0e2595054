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

    [LoggerMessage(312, LogLevel.Information, "Deployment {Deployment} has read a call's prompt before its first turn: {Tokens} tokens, {Cached} of them cached already, {RequestId}")]
    public static partial void PromptWarmed(ILogger log, string deployment, int tokens, int cached, string requestId);

    [LoggerMessage(313, LogLevel.Information, "Deployment {Deployment} has not read a call's prompt before its first turn: {Reason}, {RequestId}")]
    public static partial void PromptNotWarmed(ILogger log, string deployment, string reason, string requestId);
}
