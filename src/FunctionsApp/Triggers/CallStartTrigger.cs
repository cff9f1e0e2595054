using Gateway;
using Gateway.CallStart;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp.Triggers;

/// <summary>What ElevenLabs asks at the start of an inbound call.</summary>
public sealed class CallStartTrigger(CallStartHandler handler)
{
    /// <summary>Answers it, where that is switched on.</summary>
    [Function("CallStart")]
    public Task RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "POST", Route = Routes.CallStart)] HttpRequest request, FunctionContext function) =>
        handler.AnswerAsync(request, function);
}
