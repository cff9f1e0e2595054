using Gateway;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp.Triggers;

/// <summary>One model; its id may hold slashes.</summary>
public sealed class ModelTrigger(ModelsHandler handler)
{
    /// <summary>Describes it.</summary>
    [Function("Model")]
    public Task RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "GET", Route = Routes.Model)] HttpRequest request, FunctionContext function) =>
        handler.AnswerAsync(request, function);
}
