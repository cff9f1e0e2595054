using Gateway.Memory;
using Microsoft.Extensions.Logging;

namespace Gateway.Turns;

/// <summary>
/// The one line that a turn leaves, and one for each of its attempts that failed. Never content, keys or bodies. A turn that the first attempt
/// answered says nothing of its attempts: that is most of them, and a line's length is paid in every turn.
/// </summary>
internal static partial class TurnLog
{
    private const string Turn =
        "Turn {Outcome} ({Status} {ErrorCode}): caller {Caller}, conversation {ConversationId}, turn {TurnNumber} after {LastRole}, model {Model}, deployment {Deployment}, "
        + "first token {TimeToFirstTokenMs} ms, in all {DurationMs} ms, tokens {PromptTokens} ({CachedTokens} cached) + {CompletionTokens}, ";

    private const string Events = "attempts {Attempts}, hedge {Hedge} (some {CancelledTokens} tokens), buffer words {BufferWords}, ";

    private const string Memory = "memory {Memory}, ";

    private const string End = "spoken {Spoken}, {RequestId}";

    /// <summary>The turn has ended.</summary>
    public static void Completed(ILogger log, Turn turn, int status)
    {
        if (!log.IsEnabled(LogLevel.Information)) return;
        if (turn.Recall is { } recall)
        {
            TurnCompleted(
                log, turn.Outcome, status, turn.ErrorCode, turn.Caller?.Name, turn.ConversationId, turn.Request?.TurnNumber, turn.Request?.LastRole, turn.Route?.Model,
                turn.Deployment?.Name, turn.TimeToFirstToken?.TotalMilliseconds, turn.Deadline.Elapsed.TotalMilliseconds, turn.Usage.PromptTokens, turn.Usage.CachedTokens,
                turn.Usage.CompletionTokens, turn.Attempts, turn.Hedge, turn.CancelledTokens, turn.BufferWords, recall.Outcome, turn.Spoken, turn.RequestId);
        }
        else if (turn.Attempts > 1 || turn.BufferWords > 0 || turn.CancelledAttempts > 0)
        {
            TurnCompleted(
                log, turn.Outcome, status, turn.ErrorCode, turn.Caller?.Name, turn.ConversationId, turn.Request?.TurnNumber, turn.Request?.LastRole, turn.Route?.Model,
                turn.Deployment?.Name, turn.TimeToFirstToken?.TotalMilliseconds, turn.Deadline.Elapsed.TotalMilliseconds, turn.Usage.PromptTokens, turn.Usage.CachedTokens,
                turn.Usage.CompletionTokens, turn.Attempts, turn.Hedge, turn.CancelledTokens, turn.BufferWords, turn.Spoken, turn.RequestId);
        }
        else
        {
            TurnCompleted(
                log, turn.Outcome, status, turn.ErrorCode, turn.Caller?.Name, turn.ConversationId, turn.Request?.TurnNumber, turn.Request?.LastRole, turn.Route?.Model,
                turn.Deployment?.Name, turn.TimeToFirstToken?.TotalMilliseconds, turn.Deadline.Elapsed.TotalMilliseconds, turn.Usage.PromptTokens, turn.Usage.CachedTokens,
                turn.Usage.CompletionTokens, turn.Spoken, turn.RequestId);
        }
    }

    /// <summary>An attempt has failed; the turn may still be answered.</summary>
    public static void Failed(ILogger log, Turn turn, Attempt attempt, TimeSpan after) =>
        AttemptFailed(log, attempt.Outcome, attempt.Refusal?.Status ?? 0, attempt.Deployment.Name, after.TotalMilliseconds, turn.RequestId);

    [LoggerMessage(2, LogLevel.Information, "Attempt {Outcome} ({Status}): deployment {Deployment}, after {DurationMs} ms, {RequestId}")]
    private static partial void AttemptFailed(ILogger log, AttemptOutcome outcome, int status, string deployment, double durationMs, string requestId);

    /// <summary>A deployment answered 401. The credential is told by its name.</summary>
    [LoggerMessage(3, LogLevel.Warning, "Deployment {Deployment} refused its credential, {Credential}: {RequestId}")]
    public static partial void CredentialRefused(ILogger log, string deployment, string credential, string requestId);

    /// <summary>A deployment could not be asked. The credential is told by its name.</summary>
    [LoggerMessage(4, LogLevel.Warning, "Deployment {Deployment} was not asked, for there is no credential to be had, {Credential}: {RequestId}")]
    public static partial void CredentialMissing(ILogger log, string deployment, string credential, string requestId);

    [LoggerMessage(1, LogLevel.Information, Turn + End)]
    private static partial void TurnCompleted(
        ILogger log,
        AttemptOutcome outcome,
        int status,
        string? errorCode,
        string? caller,
        string? conversationId,
        int? turnNumber,
        string? lastRole,
        string? model,
        string? deployment,
        double? timeToFirstTokenMs,
        double durationMs,
        int promptTokens,
        int cachedTokens,
        int completionTokens,
        SpokenAs spoken,
        string requestId);

    [LoggerMessage(1, LogLevel.Information, Turn + Events + End)]
    private static partial void TurnCompleted(
        ILogger log,
        AttemptOutcome outcome,
        int status,
        string? errorCode,
        string? caller,
        string? conversationId,
        int? turnNumber,
        string? lastRole,
        string? model,
        string? deployment,
        double? timeToFirstTokenMs,
        double durationMs,
        int promptTokens,
        int cachedTokens,
        int completionTokens,
        int attempts,
        HedgeOutcome hedge,
        int cancelledTokens,
        int bufferWords,
        SpokenAs spoken,
        string requestId);

    [LoggerMessage(1, LogLevel.Information, Turn + Events + Memory + End)]
    private static partial void TurnCompleted(
        ILogger log,
        AttemptOutcome outcome,
        int status,
        string? errorCode,
        string? caller,
        string? conversationId,
        int? turnNumber,
        string? lastRole,
        string? model,
        string? deployment,
        double? timeToFirstTokenMs,
        double durationMs,
        int promptTokens,
        int cachedTokens,
        int completionTokens,
        int attempts,
        HedgeOutcome hedge,
        int cancelledTokens,
        int bufferWords,
        MemoryOutcome memory,
        SpokenAs spoken,
        string requestId);
}
