using Microsoft.Extensions.Logging;

namespace Gateway.Turns;

/// <summary>The one line that a turn leaves. Never content, keys or bodies.</summary>
internal static partial class TurnLog
{
    public static void Completed(ILogger log, Turn turn, int status)
    {
        if (!log.IsEnabled(LogLevel.Information)) return;
        TurnCompleted(
            log,
            turn.Outcome,
            status,
            turn.ErrorCode,
            turn.Caller?.Name,
            turn.ConversationId,
            turn.Request?.TurnNumber,
            turn.Request?.LastRole,
            turn.Route?.Model,
            turn.Deployment?.Name,
            turn.TimeToFirstToken?.TotalMilliseconds,
            turn.Deadline.Elapsed.TotalMilliseconds,
            turn.Usage.PromptTokens,
            turn.Usage.CachedTokens,
            turn.Usage.CompletionTokens,
            turn.RequestId);
    }

    [LoggerMessage(
        1,
        LogLevel.Information,
        "Turn {Outcome} ({Status} {ErrorCode}): caller {Caller}, conversation {ConversationId}, turn {TurnNumber} after {LastRole}, model {Model}, deployment {Deployment}, "
        + "first token {TimeToFirstTokenMs} ms, in all {DurationMs} ms, tokens {PromptTokens} ({CachedTokens} cached) + {CompletionTokens}, {RequestId}")]
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
        string requestId);
}
