using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace Emulator;

/// <summary>The way of a request: read, journal, authenticate, judge, find the script, answer.</summary>
internal sealed class ChatCompletions(AzureOpenAIEmulator emulator, EmulatorOptions options, ChannelWriter<EmulatedRequest>? journal)
{
    private const string Command = "#emulate ";

    private long _count;

    /// <param name="context">The request.</param>
    /// <param name="deployment">The deployment in the path; null on the v1 path, where the body names it.</param>
    public async Task HandleAsync(HttpContext context, string? deployment)
    {
        var entry = journal is null && emulator.ScriptFor is null ? null : new EmulatedRequest(context, deployment ?? "", emulator.Now);
        using var hangUp = entry is null ? default : context.RequestAborted.UnsafeRegister(static entry => ((EmulatedRequest)entry!).MarkAborted(), entry);
        try
        {
            if (emulator.Script is { Early: true } early)
                await AnswerFirstAsync(context, early, entry);
            else
                await AnswerAsync(context, await ReadAsync(context, deployment, entry), entry);
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // The client hung up; the journal knows.
        }
        finally
        {
            entry?.MarkCompleted();
        }
    }

    private async Task AnswerFirstAsync(HttpContext context, EmulatorScript script, EmulatedRequest? entry)
    {
        Journal(entry);
        await AnswerAsync(context, new(entry?.Deployment ?? "", ChatRequest.Unread, script), entry);
        await context.Response.CompleteAsync();
        var body = await ReadBodyAsync(context);
        if (entry is not null)
            entry.Body = body.ToArray();
        context.Request.BodyReader.AdvanceTo(body.End);
    }

    private async Task<Turn> ReadAsync(HttpContext context, string? deployment, EmulatedRequest? entry)
    {
        var body = await ReadBodyAsync(context);
        if (entry is not null)
            entry.Body = body.ToArray();
        JsonDocument? document = null;
        try
        {
            var error = TryParse(body, out document);
            var model = deployment ?? (document is { RootElement: { ValueKind: JsonValueKind.Object } root } && root.TryGetProperty("model", out var name) ? name.ToString() : "");
            if (entry is not null)
                entry.Deployment = model;
            Journal(entry);
            return (error = Refusal(context, deployment, model, error, document)) is null
                ? ReadTurn(document!.RootElement, model, entry)
                : new(model, ChatRequest.Unread, new(), error);
        }
        finally
        {
            // Not before the document is done with: it may lie over the reader's own memory.
            document?.Dispose();
            context.Request.BodyReader.AdvanceTo(body.End);
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

    private AzureError? Refusal(HttpContext context, string? deployment, string model, AzureError? parse, JsonDocument? document)
    {
        if (!IsLetIn(context.Request))
            return AzureError.Unauthorized;
        var version = context.Request.Query["api-version"].ToString();
        if (deployment is not null && version.Length == 0)
            return AzureError.NotFound;
        if (deployment is null && version is not ("" or "v1" or "preview" or "latest"))
            return AzureError.DatedVersionOnV1;
        if (parse is not null)
            return parse;
        if (model.Length == 0)
            return AzureError.Invalid("Missing required parameter: 'model'.", "model", "missing_required_parameter");
        if (options.Deployments.Count > 0 && !options.Deployments.ContainsKey(model))
            return AzureError.DeploymentNotFound;
        return ParameterRules.Check(document!.RootElement, deployment is null ? null : version, options.Deployments.GetValueOrDefault(model, model));
    }

    private bool IsLetIn(HttpRequest request)
    {
        var key = request.Headers["api-key"].ToString();
        var authorization = request.Headers.Authorization.ToString();
        if (key.Length == 0 && authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            key = authorization["Bearer ".Length..];
        return key.Length > 0 && (options.AcceptedKeys.Count == 0 || options.AcceptedKeys.Contains(key));
    }

    private Turn ReadTurn(JsonElement root, string model, EmulatedRequest? entry)
    {
        var request = new ChatRequest(root);
        try
        {
            return new(options.Deployments.GetValueOrDefault(model, model), request, request.LastText.StartsWith(Command, StringComparison.Ordinal)
                ? EmulatorScript.Parse(Encoding.UTF8.GetBytes(request.LastText[Command.Length..]))
                : (entry is null ? null : emulator.ScriptFor?.Invoke(entry)) ?? emulator.Script ?? SmallTalk.Reply(request));
        }
        catch (JsonException exception)
        {
            return new(model, request, new(), AzureError.Invalid($"The emulator cannot read the script: {exception.Message}", "messages"));
        }
    }

    private async Task AnswerAsync(HttpContext context, Turn turn, EmulatedRequest? entry)
    {
        var (model, request, script, error) = turn;
        var response = context.Response;
        var sender = new FrameSender(context, script, entry);
        var pacing = new Pacing(script, options.TimeProvider, context.RequestAborted);
        await pacing.BeforeHeadersAsync();
        if (script is { Fault: EmulatorFault.Reset, After: null })
        {
            sender.Reset();
            return;
        }

        if (script is { Fault: EmulatorFault.Stall, After: null })
            await pacing.StallAsync(() => ValueTask.CompletedTask);

        error ??= script is { Status: not 200, Body: null } ? AzureError.Scripted(script.Status, script.Code) : null;
        var isStream = error is null && script.Body is null && (request.Stream || script.Sse is not null);
        response.StatusCode = error?.Status ?? script.Status;
        response.ContentType = script.ContentType ?? (isStream ? "text/event-stream; charset=utf-8" : "application/json");
        WriteHeaders(response.Headers, script);

        var number = Interlocked.Increment(ref _count);
        var id = $"chatcmpl-emulator-{number}";
        var created = options.TimeProvider.GetUtcNow().ToUnixTimeSeconds();
        if (error is not null || script.Body is not null)
        {
            var body = error?.ToUtf8() ?? Encoding.UTF8.GetBytes(script.Body!);
            response.ContentLength = body.Length;
            await sender.SendExactAsync(body);
            await sender.FlushAsync();
            return;
        }

        var answer = new Answer(script, number);
        if (!isStream)
        {
            await new WholeAnswer(script, answer, request, sender, pacing).WriteAsync(id, created, model);
            return;
        }

        var frames = new ChunkFrames(id, created, model, request, script.AsyncFilter);
        var stream = new StreamedAnswer(script, answer, request.IncludeUsage, frames, sender, pacing);
        await (script.Sse is { } exact ? stream.WriteExactAsync(Encoding.UTF8.GetBytes(exact)) : stream.WriteAsync());
    }

    private static void WriteHeaders(IHeaderDictionary headers, EmulatorScript script)
    {
        var isLimited = script.Status == StatusCodes.Status429TooManyRequests;
        headers["x-ratelimit-remaining-requests"] = isLimited ? "0" : "999";
        headers["x-ratelimit-remaining-tokens"] = isLimited ? "0" : "99999";
        if (isLimited)
        {
            headers["x-ratelimit-limit-requests"] = "1000";
            headers["x-ratelimit-limit-tokens"] = "100000";
            headers["x-ratelimit-reset-requests"] = "1";
            headers["x-ratelimit-reset-tokens"] = "1";
        }

        if ((script.RetryAfterMs ?? (isLimited ? 1000 : null)) is { } retry)
        {
            headers["retry-after-ms"] = retry.ToString(CultureInfo.InvariantCulture);
            headers.RetryAfter = ((retry + 999) / 1000).ToString(CultureInfo.InvariantCulture);
        }

        foreach (var (name, value) in script.Headers ?? new Dictionary<string, string>())
            headers[name] = value;
    }

    private void Journal(EmulatedRequest? entry)
    {
        if (entry is not null)
            journal?.TryWrite(entry);
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
}
