using Gateway;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp.Triggers;

/// <summary>A turn, for a base URL that was entered without <c>/v1</c>.</summary>
public sealed class ChatCompletionsWithoutVersionTrigger(ChatCompletionsHandler handler)
{
    /// <summary>Streams the answer.</summary>
    [Function("ChatCompletionsWithoutVersion")]
    public Task RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "POST", Route = Routes.ChatCompletionsWithoutVersion)] HttpRequest request, FunctionContext function) =>
        handler.AnswerAsync(request, function);
}
