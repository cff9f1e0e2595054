using Gateway.Errors;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway;

/// <summary>
/// Answers everything that no other route takes, in OpenAI's envelope: unknown routes, and known ones asked for with a wrong verb. A known route that only a
/// doubled slash kept from being found (a base URL that was entered with a slash at its end), or the verb HEAD, is answered after all.
/// </summary>
public sealed class UnknownRouteHandler : RouteHandler
{
    private static readonly Failure NotFound = new(404, "unknown_route", "There is no such route. The base URL of a Custom LLM ends in /v1; /webhooks, /tools and /end-users stand without it.");

    internal UnknownRouteHandler(ILogger<UnknownRouteHandler> log)
        : base(log)
    {
    }

    private protected override async ValueTask AnswerAsync(HttpContext context, string requestId, CancellationToken hangUp)
    {
        var path = string.Join('/', context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries));
        var method = HttpMethods.IsHead(context.Request.Method) ? HttpMethods.Get : context.Request.Method;
        var known = GatewayEndpoints.All.Where(endpoint => endpoint.Matches(path)).ToArray();
        if (known.FirstOrDefault(endpoint => HttpMethods.Equals(endpoint.Verb!, method)) is { } endpoint)
            await ((RouteHandler)context.RequestServices.GetRequiredService(endpoint.Handler)).HandleAsync(context, hangUp);
        else if (known is not [])
            await ErrorEnvelope.WriteAsync(context.Response, WrongVerb(string.Join(", ", known.Select(static endpoint => endpoint.Verb).Distinct())), hangUp);
        else
            await ErrorEnvelope.WriteAsync(context.Response, NotFound, hangUp);
    }

    private static Failure WrongVerb(string verbs) => new(405, "method_not_allowed", $"This route answers {verbs}.") { Allow = verbs };
}
