using Microsoft.Extensions.Logging;

namespace Gateway.Privacy;

/// <summary>The one line that a request about an end user leaves, and what stood in its way. No id, no key of one, and no conversation.</summary>
internal static partial class PrivacyLog
{
    [LoggerMessage(
        360, LogLevel.Information, "End user {Operation} {Outcome} ({ErrorCode}): {Conversations} conversations, {Blobs} blobs, in all {DurationMs} ms, {RequestId}")]
    public static partial void Ended(ILogger log, string operation, PrivacyOutcome outcome, string? errorCode, int conversations, int blobs, double durationMs, string requestId);

    [LoggerMessage(361, LogLevel.Warning, "Of an end user something could not be deleted yet: {What}. {Reason}.")]
    public static partial void NotDeleted(ILogger log, string what, string reason);

    [LoggerMessage(362, LogLevel.Warning, "An end user's request could not be served. {Reason}.")]
    public static partial void Unavailable(ILogger log, string reason);

    [LoggerMessage(363, LogLevel.Warning, "Nobody can ask about end users: the secret {Name} is absent.")]
    public static partial void NoSecret(ILogger log, string name);
}
