using Microsoft.Extensions.Logging;

namespace Gateway.Memory;

/// <summary>What goes wrong with memory. Never what is remembered, nor whose it is.</summary>
internal static partial class MemoryLog
{
    [LoggerMessage(400, LogLevel.Warning, "The memory of caller {Caller} failed, and is not asked for {Pause}. {Reason}.")]
    public static partial void Failed(ILogger log, string caller, TimeSpan pause, string reason);

    [LoggerMessage(401, LogLevel.Warning, "An end user's token of caller {Caller} counts for nothing: {Problem}. It is said once in {Pause}.")]
    public static partial void TokenRejected(ILogger log, string caller, string problem, TimeSpan pause);

    [LoggerMessage(402, LogLevel.Warning, "What is remembered longer than it may be could not be deleted. {Reason}.")]
    public static partial void NotSwept(ILogger log, string reason);
}
