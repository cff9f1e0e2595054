using Gateway;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp.Triggers;

/// <summary>A turn, for a base URL that was entered with the whole path.</summary>
public sealed class ChatCompletionsDoubledTrigger(ChatCompletionsHandler handler)
{
    /// <summary>Streams the answer.</summary>
    [Function("ChatCompletionsDoubled")]
    public Task RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "POST", Route = Routes.ChatCompletionsDoubled)] HttpRequest request, FunctionContext function) =>
        handler.AnswerAsync(request, function);
}
