using Microsoft.Extensions.Logging;

namespace Gateway.Tools;

/// <summary>The one line that a tool's call leaves. Never what it is called with, what it answers, or whose it is.</summary>
internal static partial class ToolLog
{
    [LoggerMessage(
        350, LogLevel.Information, "Tool {Tool} answered {Status} ({ErrorCode}): caller {Caller}, end user {EndUser}, in all {DurationMs} ms, {RequestId}")]
    public static partial void Ended(ILogger log, string? tool, int status, string? errorCode, string? caller, string? endUser, double durationMs, string requestId);
}
