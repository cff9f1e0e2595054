using System.Text.Json;
using Gateway.Authentication;
using Gateway.Errors;
using Gateway.Routing;
using Microsoft.Extensions.Logging;

namespace Gateway;

/// <summary>Lists the models that the caller may use, and describes one, in OpenAI's shape.</summary>
public sealed class ModelsHandler : RouteHandler
{
    private readonly Authenticator _authenticator;

    internal ModelsHandler(Authenticator authenticator, ILogger<ModelsHandler> log)
        : base(log) => _authenticator = authenticator;

    private protected override async ValueTask AnswerAsync(HttpContext context, string requestId, CancellationToken hangUp)
    {
        var (caller, failure) = await _authenticator.AuthenticateAsync(context.Request, hangUp);
        var id = ModelId.Requested(context);
        var model = id is null ? null : caller?.FindRoute(id);
        if (caller is not null && id is not null && model is null) failure = UnknownModels.Failure;
        if (failure is not null)
        {
            await ErrorEnvelope.WriteAsync(context.Response, failure, hangUp);
            return;
        }

        await WriteJsonAsync(
            context.Response,
            StatusCodes.Status200OK,
            json =>
            {
                if (model is null) WriteList(json, caller!);
                else WriteModel(json, model);
            },
            hangUp);
    }

    private static void WriteList(Utf8JsonWriter json, Caller caller)
    {
        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        foreach (var route in caller.Routes) WriteModel(json, route);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteModel(Utf8JsonWriter json, Route route)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, route.Model);
        json.WriteString("object"u8, "model"u8);
        // Clients require the field; when Azure's model was made is not known here.
        json.WriteNumber("created"u8, 0);
        json.WriteString("owned_by"u8, route.Targets[0].Deployment.IsAgent ? "agent"u8 : "azure-openai"u8);
        json.WriteEndObject();
    }
}
