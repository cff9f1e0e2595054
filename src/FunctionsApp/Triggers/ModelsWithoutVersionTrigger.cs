using Gateway;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp.Triggers;

/// <summary>The models that the caller may use, for a base URL without <c>/v1</c>.</summary>
public sealed class ModelsWithoutVersionTrigger(ModelsHandler handler)
{
    /// <summary>Lists them.</summary>
    [Function("ModelsWithoutVersion")]
    public Task RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "GET", Route = Routes.ModelsWithoutVersion)] HttpRequest request, FunctionContext function) =>
        handler.AnswerAsync(request, function);
}
