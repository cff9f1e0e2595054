using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Emulator;

/// <summary>Reads a request and decides what it gets: Azure's refusal, or a script.</summary>
internal sealed class TurnReader(AzureOpenAIEmulator emulator, EmulatorOptions options)
{
    private const string Command = "#emulate ";

    /// <param name="context">The request.</param>
    /// <param name="deployment">The deployment in the path; null on the v1 path, where the body names it.</param>
    /// <param name="entry">Gets the body and the deployment.</param>
    /// <param name="arrived">Called when it has them.</param>
    public async Task<Turn> ReadAsync(HttpContext context, string? deployment, EmulatedRequest? entry, Action<EmulatedRequest?> arrived)
    {
        var body = await ReadBodyAsync(context);
        JsonDocument? document = null;
        try
        {
            var error = TryParse(body, out document);
            var root = document?.RootElement ?? default;
            var model = deployment ?? (error is null && root.TryGetProperty("model", out var name) ? name.ToString() : "");
            if (entry is not null)
                (entry.Body, entry.Deployment) = (body.ToArray(), model);
            arrived(entry);
            error = Refusal(context.Request, deployment, model, error, root);
            return error is null ? FindScript(root, model, entry) : new(model, ChatRequest.Unread, new(), error);
        }
        finally
        {
            // Not before the document is done with: it may lie over the reader's own memory.
            document?.Dispose();
            context.Request.BodyReader.AdvanceTo(body.End);
        }
    }

    /// <summary>Reads a body that nobody waited for.</summary>
    public static async Task ReadLateAsync(HttpContext context, EmulatedRequest? entry)
    {
        var body = await ReadBodyAsync(context);
        if (entry is not null)
            entry.Body = body.ToArray();
        context.Request.BodyReader.AdvanceTo(body.End);
    }

    /// <summary>The whole body, still in the reader: who calls advances it.</summary>
    private static async ValueTask<ReadOnlySequence<byte>> ReadBodyAsync(HttpContext context)
    {
        while (true)
        {
            var result = await context.Request.BodyReader.ReadAsync(context.RequestAborted);
            if (result.IsCompleted)
                return result.Buffer;
            context.Request.BodyReader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    private static AzureError? TryParse(ReadOnlySequence<byte> body, out JsonDocument? document)
    {
        document = null;
        try
        {
            document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object ? null : AzureError.Invalid("The body of the request is not a JSON object.");
        }
        catch (JsonException)
        {
            return AzureError.Invalid("We could not parse the JSON body of your request.");
        }
    }

    private AzureError? Refusal(HttpRequest request, string? deployment, string model, AzureError? parse, JsonElement root)
    {
        if (!IsLetIn(request))
            return AzureError.Unauthorized;
        var version = request.Query["api-version"].ToString();
        if (deployment is not null && version.Length == 0)
            return AzureError.NotFound;
        if (deployment is null && version is not ("" or "v1" or "preview" or "latest"))
            return AzureError.DatedVersionOnV1;
        if (parse is not null)
            return parse;
        if (model.Length == 0)
            return AzureError.Invalid("Missing required parameter: 'model'.", "model", "missing_required_parameter");
        return options.Deployments.Count > 0 && !options.Deployments.ContainsKey(model)
            ? AzureError.DeploymentNotFound
            : ParameterRules.Check(root, deployment is null ? null : version, Family(model));
    }

    private bool IsLetIn(HttpRequest request)
    {
        var key = request.Headers["api-key"].ToString();
        var authorization = request.Headers.Authorization.ToString();
        if (key.Length == 0 && authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            key = authorization["Bearer ".Length..];
        return key.Length > 0 && (options.AcceptedKeys.Count == 0 || options.AcceptedKeys.Contains(key));
    }

    private string Family(string deployment) => options.Deployments.GetValueOrDefault(deployment, deployment);

    private Turn FindScript(JsonElement root, string model, EmulatedRequest? entry)
    {
        var request = new ChatRequest(root);
        try
        {
            var script = request.LastText.StartsWith(Command, StringComparison.Ordinal)
                ? EmulatorScript.Parse(Encoding.UTF8.GetBytes(request.LastText[Command.Length..]))
                : (entry is null ? null : emulator.ScriptFor?.Invoke(entry)) ?? emulator.Script ?? SmallTalk.Reply(request);
            if (script.EchoSystem)
                script = script with { Text = ChatRequest.SystemPrompt(root) };
            return new(Family(model), request, script);
        }
        catch (JsonException exception)
        {
            return new(model, request, new(), AzureError.Invalid($"The emulator cannot read the script: {exception.Message}", "messages"));
        }
    }
}
