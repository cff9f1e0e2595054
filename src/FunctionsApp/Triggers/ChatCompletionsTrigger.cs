using Gateway;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp.Triggers;

/// <summary>A turn.</summary>
public sealed class ChatCompletionsTrigger(ChatCompletionsHandler handler)
{
    /// <summary>Streams the answer.</summary>
    [Function("ChatCompletions")]
    public Task RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "POST", Route = Routes.ChatCompletions)] HttpRequest request, FunctionContext function) =>
        handler.AnswerAsync(request, function);
}
