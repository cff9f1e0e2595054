using System.Collections.Concurrent;
using Gateway.Authentication;
using Gateway.Errors;
using Microsoft.Extensions.Logging;

namespace Gateway.Routing;

/// <summary>Requests for models that there are not.</summary>
internal sealed partial class UnknownModels(ILogger<UnknownModels> log)
{
    // A caller who sends a new name with each turn must fill neither the memory nor the log.
    private const int MaxReported = 100;

    public static readonly Failure Failure = new(404, "model_not_found", "There is no such model, or this key may not use it.", "model");

    private readonly ConcurrentDictionary<(string Caller, int Model), bool> _reported = [];

    /// <summary>Logs that a voice caller got the default model, once for each name.</summary>
    public void Report(Caller caller, string model)
    {
        // The name itself stays out of the log: it is whatever somebody typed.
        if (_reported.Count < MaxReported && _reported.TryAdd((caller.Name, string.GetHashCode(model, StringComparison.Ordinal)), true))
            LogUnknown(log, caller.Name, caller.DefaultRoute.Model);
    }

    [LoggerMessage(101, LogLevel.Warning, "Caller {Caller} asks for a model that is not configured and gets {DefaultModel}.")]
    private static partial void LogUnknown(ILogger log, string caller, string defaultModel);
}
