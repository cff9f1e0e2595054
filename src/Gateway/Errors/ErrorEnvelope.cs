using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gateway.Errors;

/// <summary>OpenAI's error envelope, as a whole response and as a frame of a stream that has begun.</summary>
internal static class ErrorEnvelope
{
    // A message is for people: the default would write each quote in it as \u0027, lest somebody put the JSON into HTML. No browser takes it for HTML itself: it is application/json with nosniff, or
    // a frame of text/event-stream. What breaks a line is escaped all the same, so that no message can end its frame.
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task WriteAsync(HttpResponse response, Failure failure, CancellationToken cancellationToken)
    {
        response.StatusCode = failure.Status;
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        if (failure.Status == StatusCodes.Status401Unauthorized) response.Headers.WWWAuthenticate = "Bearer";
        if (failure.RetryAfter is { } seconds) response.Headers.RetryAfter = seconds;
        if (failure.RetryAfterMs is { } milliseconds) response.Headers["retry-after-ms"] = milliseconds;
        if (failure.Allow is { } verbs) response.Headers.Allow = verbs;

        var body = new ArrayBufferWriter<byte>(256);
        Write(body, failure);
        response.ContentLength = body.WrittenCount;
        await response.BodyWriter.WriteAsync(body.WrittenMemory, cancellationToken);
    }

    /// <summary>The error as the last frame of a stream. No <c>[DONE]</c> follows it, so that no client takes a cut answer for a whole one.</summary>
    public static void WriteFrame(IBufferWriter<byte> output, Failure failure)
    {
        output.Write("data: "u8);
        Write(output, failure);
        output.Write("\n\n"u8);
    }

    private static void Write(IBufferWriter<byte> output, Failure failure)
    {
        using var json = new Utf8JsonWriter(output, Readable);
        json.WriteStartObject();
        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, failure.Message);
        json.WriteString("type"u8, failure.Type);
        json.WriteString("param"u8, failure.Param);
        json.WriteString("code"u8, failure.Code);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
