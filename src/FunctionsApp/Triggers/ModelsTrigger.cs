using Gateway;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp.Triggers;

/// <summary>The models that the caller may use.</summary>
public sealed class ModelsTrigger(ModelsHandler handler)
{
    /// <summary>Lists them.</summary>
    [Function("Models")]
    public Task RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "GET", Route = Routes.Models)] HttpRequest request, FunctionContext function) =>
        handler.AnswerAsync(request, function);
}
