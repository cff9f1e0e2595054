using System.Net;
using System.Text.Json;

namespace Gateway.Tests;

/// <summary>A whole response of the endpoint.</summary>
internal sealed class Answer(HttpResponseMessage response, string body)
{
    public HttpStatusCode Status { get; } = response.StatusCode;

    public string Body => body;

    public string? Header(string name) =>
        response.Headers.TryGetValues(name, out var values) || response.Content.Headers.TryGetValues(name, out values) ? string.Join(",", values) : null;

    public string[] HeaderNames => [.. response.Headers.Concat(response.Content.Headers).Select(header => header.Key)];

    /// <summary>The data of the stream's frames.</summary>
    public string[] Frames => [.. body.Split(["\n\n", "\r\n\r\n"], StringSplitOptions.RemoveEmptyEntries).Where(frame => frame.StartsWith("data: ", StringComparison.Ordinal)).Select(frame => frame["data: ".Length..])];

    public bool IsDone => Frames is [.., "[DONE]"];

    /// <summary>The stream's chunks, without <c>[DONE]</c>.</summary>
    public IEnumerable<JsonElement> Chunks => Frames.Where(frame => frame != "[DONE]").Select(frame => JsonElement.Parse(frame));

    /// <summary>What is said in the stream.</summary>
    public string Text => string.Concat(Deltas("content"));

    public string[] FinishReasons =>
    [
        .. Chunks.Where(chunk => chunk.TryGetProperty("choices", out _))
            .SelectMany(chunk => chunk.GetProperty("choices").EnumerateArray())
            .Select(choice => choice.GetProperty("finish_reason").GetString()).OfType<string>(),
    ];

    public JsonElement Error => (Frames.Length > 0 ? Chunks.Last() : JsonElement.Parse(body)).GetProperty("error");

    public string? ErrorCode => Error.GetProperty("code").GetString();

    public string? ErrorMessage => Error.GetProperty("message").GetString();

    public string? ErrorParam => Error.GetProperty("param").GetString();

    private IEnumerable<string?> Deltas(string name) =>
        from chunk in Chunks
        where chunk.TryGetProperty("choices", out _)
        from choice in chunk.GetProperty("choices").EnumerateArray()
        where choice.GetProperty("delta").TryGetProperty(name, out _)
        select choice.GetProperty("delta").GetProperty(name).GetString();
}
