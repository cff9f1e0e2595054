using Gateway;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp.Triggers;

/// <summary>Everything that is no route, and wrong verbs: without it the host answers them itself, without an envelope.</summary>
public sealed class UnknownRouteTrigger(UnknownRouteHandler handler)
{
    /// <summary>Answers 404 or 405.</summary>
    [Function("UnknownRoute")]
    public Task RunAsync([HttpTrigger(AuthorizationLevel.Anonymous, Route = Routes.Unknown)] HttpRequest request, FunctionContext function) =>
        handler.AnswerAsync(request, function);
}
