using Microsoft.Extensions.Logging;

namespace Gateway.Secrets;

/// <summary>Changes of state only, and names only. No exception: its message holds host names and what the vault answered.</summary>
internal static partial class Log
{
    [LoggerMessage(200, LogLevel.Information, "Secrets loaded: {Present} of {Wanted} present.")]
    public static partial void Loaded(ILogger log, int present, int wanted);

    [LoggerMessage(201, LogLevel.Warning, "Secrets could not be read: {Names}. {Reason}.")]
    public static partial void NotRead(ILogger log, string names, string reason);

    [LoggerMessage(202, LogLevel.Information, "All secrets can be read again.")]
    public static partial void Recovered(ILogger log);

    [LoggerMessage(203, LogLevel.Information, "Secret {Name} has appeared.")]
    public static partial void Appeared(ILogger log, string name);

    [LoggerMessage(204, LogLevel.Warning, "Secret {Name} has vanished: it has no active version any more.")]
    public static partial void Vanished(ILogger log, string name);

    [LoggerMessage(205, LogLevel.Information, "Secret {Name} has changed; active versions in use: {Count}.")]
    public static partial void Changed(ILogger log, string name, int count);

    [LoggerMessage(206, LogLevel.Warning, "Secret {Name} is absent.")]
    public static partial void Absent(ILogger log, string name);

    [LoggerMessage(207, LogLevel.Warning, "Secret {Name} is a Key Vault reference that was not resolved; this entry does not count.")]
    public static partial void UnresolvedReference(ILogger log, string name);

    [LoggerMessage(208, LogLevel.Warning, "Secret {Name} is blank; this entry does not count.")]
    public static partial void BlankValue(ILogger log, string name);

    [LoggerMessage(209, LogLevel.Warning, "Secrets__… are not read, because KeyVault__Uri is set: all secrets are the vault's.")]
    public static partial void ConfiguredInVain(ILogger log);
}
