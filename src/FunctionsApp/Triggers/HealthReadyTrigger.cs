using Gateway;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp.Triggers;

/// <summary>Whether turns can be answered.</summary>
public sealed class HealthReadyTrigger(HealthHandler handler)
{
    /// <summary>Says what is waited for.</summary>
    [Function("HealthReady")]
    public Task RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "GET", Route = Routes.HealthReady)] HttpRequest request, FunctionContext function) =>
        handler.AnswerAsync(request, function);
}
