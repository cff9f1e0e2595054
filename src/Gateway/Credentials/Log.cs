using Microsoft.Extensions.Logging;

namespace Gateway.Credentials;

/// <summary>Changes of state only; no exception, because its message names tenants, identities and hosts.</summary>
internal static partial class Log
{
    [LoggerMessage(250, LogLevel.Information, "Token for {Scope} acquired.")]
    public static partial void TokenAcquired(ILogger log, string scope);

    [LoggerMessage(251, LogLevel.Warning, "Token for {Scope} could not be renewed. {Reason}.")]
    public static partial void TokenNotRenewed(ILogger log, string scope, string reason);

    [LoggerMessage(252, LogLevel.Information, "Token for {Scope} is renewed again.")]
    public static partial void TokenRenewedAgain(ILogger log, string scope);
}
