using Gateway;
using Gateway.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp.Triggers;

/// <summary>What ElevenLabs tells after a call.</summary>
public sealed class PostCallWebhookTrigger(PostCallWebhookHandler handler)
{
    /// <summary>Stores it, where it is to be kept.</summary>
    [Function("PostCallWebhook")]
    public Task RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "POST", Route = Routes.PostCallWebhook)] HttpRequest request, FunctionContext function) =>
        handler.AnswerAsync(request, function);
}
