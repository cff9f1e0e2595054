using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace EndToEnd.Tests.Turns;

/// <summary>A response as it came.</summary>
internal sealed record Answer(int Status, HttpResponseHeaders Headers, string? ContentType, string Body)
{
    private const string Data = "data: ";

    /// <summary>The data of a stream's frames, without <c>[DONE]</c>.</summary>
    public IReadOnlyList<string> Frames { get; } =
        [.. Body.Split("\n\n").Where(static frame => frame.StartsWith(Data, StringComparison.Ordinal)).Select(static frame => frame[Data.Length..]).Where(static data => data != "[DONE]")];

    /// <summary>Whether a stream says that it is whole.</summary>
    public bool IsDone => Body.EndsWith("\n\ndata: [DONE]\n\n", StringComparison.Ordinal);

    /// <summary>The content of all chunks of a stream.</summary>
    public string Text => string.Concat(Deltas().Select(static delta => delta.TryGetProperty("content", out var content) ? content.GetString() : null));

    /// <summary>The finish reasons of a stream.</summary>
    public IReadOnlyList<string> FinishReasons => [.. Choices().Select(static choice => choice.GetProperty("finish_reason").GetString()).OfType<string>()];

    /// <summary>The tool calls of a stream, put together, by index.</summary>
    public IReadOnlyList<(string Name, string Arguments)> ToolCalls()
    {
        var calls = new SortedDictionary<int, (string Name, StringBuilder Arguments)>();
        foreach (var call in Deltas().Where(static delta => delta.TryGetProperty("tool_calls", out _)).SelectMany(static delta => delta.GetProperty("tool_calls").EnumerateArray()))
        {
            var function = call.GetProperty("function");
            var index = call.GetProperty("index").GetInt32();
            if (function.TryGetProperty("name", out var name)) calls[index] = (name.GetString()!, new StringBuilder());
            if (function.TryGetProperty("arguments", out var arguments)) calls[index].Arguments.Append(arguments.GetString());
        }

        return [.. calls.Values.Select(static call => (call.Name, call.Arguments.ToString()))];
    }

    /// <summary>The members of the error envelope, of a response or of a stream's last frame.</summary>
    public (string Code, string Type, string? Param) Error()
    {
        using var document = JsonDocument.Parse(Frames.Count > 0 ? Frames[^1] : Body);
        var error = document.RootElement.GetProperty("error");
        return (error.GetProperty("code").GetString()!, error.GetProperty("type").GetString()!, error.GetProperty("param").GetString());
    }

    private IEnumerable<JsonElement> Deltas() => Choices().Select(static choice => choice.GetProperty("delta"));

    private IEnumerable<JsonElement> Choices() => Frames
        .Select(static frame => JsonDocument.Parse(frame).RootElement)
        .Where(static chunk => chunk.TryGetProperty("choices", out _))
        .SelectMany(static chunk => chunk.GetProperty("choices").EnumerateArray());
}
