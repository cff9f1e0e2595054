using Gateway.CallStart;
using Gateway.Tools;
using Gateway.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway;

/// <summary>The routes on plain Kestrel. The HTTP triggers of the Functions app are the same set, and a test proves it.</summary>
public static class GatewayEndpoints
{
    /// <summary>All routes.</summary>
    public static IReadOnlyList<GatewayEndpoint> All { get; } =
    [
        new("ChatCompletions", "POST", Routes.ChatCompletions, typeof(ChatCompletionsHandler)),
        new("ChatCompletionsWithoutVersion", "POST", Routes.ChatCompletionsWithoutVersion, typeof(ChatCompletionsHandler)),
        new("ChatCompletionsDoubled", "POST", Routes.ChatCompletionsDoubled, typeof(ChatCompletionsHandler)),
        new("Models", "GET", Routes.Models, typeof(ModelsHandler)),
        new("ModelsWithoutVersion", "GET", Routes.ModelsWithoutVersion, typeof(ModelsHandler)),
        new("Model", "GET", Routes.Model, typeof(ModelsHandler)),
        new("ModelWithoutVersion", "GET", Routes.ModelWithoutVersion, typeof(ModelsHandler)),
        new("HealthLive", "GET", Routes.HealthLive, typeof(HealthHandler)),
        new("HealthReady", "GET", Routes.HealthReady, typeof(HealthHandler)),
        new("PostCallWebhook", "POST", Routes.PostCallWebhook, typeof(PostCallWebhookHandler)),
        new("CallStart", "POST", Routes.CallStart, typeof(CallStartHandler)),
        new("Tool", "POST", Routes.Tool, typeof(ToolHandler)),
        new("ToolSchema", "GET", Routes.Tool, typeof(ToolSchemaHandler)),
        new("UnknownRoute", null, Routes.Unknown, typeof(UnknownRouteHandler)),
    ];

    /// <summary>Maps all routes.</summary>
    public static void MapGateway(this IEndpointRouteBuilder endpoints)
    {
        foreach (var endpoint in All)
        {
            // Not resolved here: a wrong configuration is to be told by the host's start, where it is caught.
            RouteHandler? handler = null;
            RequestDelegate answer = context =>
            {
                handler ??= (RouteHandler)context.RequestServices.GetRequiredService(endpoint.Handler);
                return handler.HandleAsync(context, context.RequestAborted);
            };
            var mapped = endpoint.Verb is { } verb ? endpoints.MapMethods(endpoint.Pattern, [verb], answer) : endpoints.Map(endpoint.Pattern, answer);
            mapped.WithName(endpoint.Name);
        }
    }
}
