using Gateway;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp.Triggers;

/// <summary>One model, for a base URL without <c>/v1</c>.</summary>
public sealed class ModelWithoutVersionTrigger(ModelsHandler handler)
{
    /// <summary>Describes it.</summary>
    [Function("ModelWithoutVersion")]
    public Task RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "GET", Route = Routes.ModelWithoutVersion)] HttpRequest request, FunctionContext function) =>
        handler.AnswerAsync(request, function);
}
