using Gateway.Errors;
using Microsoft.Extensions.Logging;

namespace Gateway;

/// <summary>Answers everything that is no route, and known routes asked for with a wrong verb, in OpenAI's envelope.</summary>
public sealed class UnknownRouteHandler : RouteHandler
{
    private static readonly Failure NotFound = new(404, "unknown_route", "There is no such route. The base URL ends in /v1.");

    internal UnknownRouteHandler(ILogger<UnknownRouteHandler> log)
        : base(log)
    {
    }

    private protected override async Task AnswerAsync(HttpContext context, string requestId, CancellationToken hangUp) =>
        await ErrorEnvelope.WriteAsync(context.Response, FailureFor(context.Request.Path), hangUp);

    private static Failure FailureFor(PathString path)
    {
        var verb = GatewayEndpoints.All.FirstOrDefault(endpoint => endpoint.Matches(path))?.Verb;
        return verb is null ? NotFound : new Failure(405, "method_not_allowed", $"This route answers {verb}.") { Allow = verb };
    }
}
