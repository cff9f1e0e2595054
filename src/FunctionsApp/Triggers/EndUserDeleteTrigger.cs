using Gateway;
using Gateway.Privacy;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp.Triggers;

/// <summary>Deletes all there is of an end user.</summary>
public sealed class EndUserDeleteTrigger(EndUserDeleteHandler handler)
{
    /// <summary>Deletes it.</summary>
    [Function("EndUserDelete")]
    public Task RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, "POST", Route = Routes.EndUserDelete)] HttpRequest request, FunctionContext function) =>
        handler.AnswerAsync(request, function);
}
