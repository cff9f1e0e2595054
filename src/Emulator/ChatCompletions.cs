using System.Globalization;
using System.Text;
using System.Threading.Channels;

namespace Emulator;

/// <summary>The way of a request: read it, put it into the journal, find its script, answer.</summary>
internal sealed class ChatCompletions(AzureOpenAIEmulator emulator, EmulatorOptions options, ChannelWriter<EmulatedRequest>? journal)
{
    private readonly TurnReader _reader = new(emulator, options);
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
            {
                Journal(entry);
                await AnswerAsync(context, new(deployment ?? "", ChatRequest.Unread, early), entry);
                await context.Response.CompleteAsync();
                await TurnReader.ReadLateAsync(context, entry);
            }
            else
            {
                await AnswerAsync(context, await _reader.ReadAsync(context, deployment, entry, Journal), entry);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // The client hung up, and may have done so where nothing was being written that could have shown it.
            entry?.MarkAborted();
        }
        finally
        {
            entry?.MarkCompleted();
        }
    }

    private void Journal(EmulatedRequest? entry)
    {
        if (entry is not null)
            journal?.TryWrite(entry);
    }

    private async Task AnswerAsync(HttpContext context, Turn turn, EmulatedRequest? entry)
    {
        var (model, request, script, error) = turn;
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
        var exact = script.SseBytes ?? (script.Sse is null ? default(ReadOnlyMemory<byte>?) : Encoding.UTF8.GetBytes(script.Sse));
        var isStream = error is null && script.Body is null && (request.Stream || exact is not null);
        context.Response.StatusCode = error?.Status ?? script.Status;
        context.Response.ContentType = script.ContentType ?? (isStream ? "text/event-stream; charset=utf-8" : "application/json");
        WriteHeaders(context.Response.Headers, script);
        if (error is not null || script.Body is not null)
        {
            var body = error?.ToUtf8() ?? Encoding.UTF8.GetBytes(script.Body!);
            context.Response.ContentLength = body.Length;
            await sender.SendLastAsync(body);
            return;
        }

        var number = Interlocked.Increment(ref _count);
        var (id, created) = ($"chatcmpl-emulator-{number}", options.TimeProvider.GetUtcNow().ToUnixTimeSeconds());
        var answer = new Answer(script, number);
        if (!isStream)
        {
            await new WholeAnswer(script, answer, request, sender, pacing).WriteAsync(id, created, model);
            return;
        }

        var frames = new ChunkFrames(id, created, model, request, script.AsyncFilter);
        var stream = new StreamedAnswer(script, answer, request.IncludeUsage, frames, sender, pacing);
        await (exact is { } bytes ? stream.WriteExactAsync(bytes) : stream.WriteAsync());
    }

    private static void WriteHeaders(IHeaderDictionary headers, EmulatorScript script)
    {
        var isLimited = script.Status == StatusCodes.Status429TooManyRequests;
        if (isLimited)
        {
            headers["x-ratelimit-remaining-requests"] = "0";
            headers["x-ratelimit-remaining-tokens"] = "0";
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
}
