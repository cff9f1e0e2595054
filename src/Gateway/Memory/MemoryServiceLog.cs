using Microsoft.Extensions.Logging;

namespace Gateway.Memory;

/// <summary>Changes of state, by the secret's name.</summary>
internal static partial class MemoryServiceLog
{
    [LoggerMessage(340, LogLevel.Warning, "{Service} refuses the key of the secret {Name} (HTTP {Status}): nothing is recalled or remembered there.")]
    public static partial void KeyRefused(ILogger log, string service, string name, int status);

    [LoggerMessage(341, LogLevel.Information, "{Service} accepts the key of the secret {Name} again.")]
    public static partial void KeyAccepted(ILogger log, string service, string name);
}
