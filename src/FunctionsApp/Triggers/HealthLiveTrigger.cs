using Gateway;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp.Triggers;

/// <summary>Whether the process lives.</summary>
public sealed class HealthLiveTrigger(HealthHandler handler)
{
    /// <summary>Says so.</summary>
    [Function("HealthLive")]
    public Task RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "GET", Route = Routes.HealthLive)] HttpRequest request, FunctionContext function) =>
        handler.AnswerAsync(request, function);
}
