using Gateway;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;

namespace FunctionsApp.Triggers;

/// <summary>What every trigger does: it hands its request to the handler of its route.</summary>
/// <remarks>
/// Every trigger is <see cref="AuthorizationLevel.Anonymous"/> on purpose, and the handler authenticates. ElevenLabs sends a Bearer token and
/// headers of one's choice, but a function key has to go into a query string, which is logged, or into a header of its own beside the
/// Bearer token; and our keys live in Key Vault, several callers with two each, and are replaced without a deployment.
/// </remarks>
internal static class HttpInvocation
{
    /// <summary>Answers the request of an invocation. Nothing is thrown.</summary>
    public static async Task AnswerAsync(this RouteHandler handler, HttpRequest request, FunctionContext function)
    {
        // A caller who hangs up is told of by both tokens, in either order, and one of them was seen 2 s late.
        using var hangUp = CancellationTokenSource.CreateLinkedTokenSource(request.HttpContext.RequestAborted, function.CancellationToken);
        // The handler writes the response itself: a returned result would be written after it, and not streamed.
        await handler.HandleAsync(request.HttpContext, hangUp.Token);
    }
}
