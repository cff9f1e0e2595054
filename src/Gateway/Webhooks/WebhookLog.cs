using Microsoft.Extensions.Logging;

namespace Gateway.Webhooks;

/// <summary>The one line that a webhook leaves. Never content, and no id before its signature was right.</summary>
internal static partial class WebhookLog
{
    [LoggerMessage(
        300,
        LogLevel.Information,
        "Webhook {Outcome} ({Status} {ErrorCode}): type {Type}, agent {AgentId}, conversation {ConversationId}, {Bytes} bytes, in all {DurationMs} ms, {RequestId}")]
    public static partial void Ended(
        ILogger log, WebhookOutcome outcome, int status, string? errorCode, string? type, string? agentId, string? conversationId, long bytes, double durationMs, string requestId);

    [LoggerMessage(301, LogLevel.Warning, "A webhook could not be stored. {Reason}.")]
    public static partial void NotStored(ILogger log, string reason);

    [LoggerMessage(302, LogLevel.Warning, "A webhook could not be judged: the secret {Name} is absent.")]
    public static partial void NoSecret(ILogger log, string name);

    [LoggerMessage(303, LogLevel.Warning, "Calls whose time is up could not be deleted. {Reason}.")]
    public static partial void NotSwept(ILogger log, string reason);
}
