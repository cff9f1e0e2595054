using Gateway;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp.Tests.Triggers;

/// <summary>Everything that a trigger must not be, to see that the checks find it.</summary>
public sealed class WrongTrigger(ChatCompletionsHandler handler)
{
    [Function("ChatCompletions")]
    public Task RunAsync([HttpTrigger(AuthorizationLevel.Function, "GET", Route = Routes.ChatCompletions)] HttpRequest request, FunctionContext function) =>
        handler.HandleAsync(request.HttpContext, request.HttpContext.RequestAborted);
}
