using System.Buffers;
using System.Text;
using Gateway.Relay;
using Gateway.Turns;

namespace Gateway.Tests.Relay;

/// <summary>Streams of frames, and what a <see cref="StreamRelay"/> makes of them.</summary>
internal static class ScriptedStream
{
    public const string Preamble = """{"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0,"content_filter_results":{}}]}""";
    public const string Usage = """{"id":"c1","object":"chat.completion.chunk","created":7,"model":"m","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7,"prompt_tokens_details":{"cached_tokens":3}}}""";
    public const string Done = "[DONE]";
    public static readonly string Role = Chunk("""{"role":"assistant","content":"","refusal":null}""");
    public static readonly string Hello = Chunk("""{"content":"Hello"}""");
    public static readonly string World = Chunk("""{"content":" wörld"}""");
    public static readonly string Stop = Chunk("{}", "\"stop\"");

    public static string Chunk(string delta, string finishReason = "null", int index = 0) =>
        $$"""{"id":"c1","object":"chat.completion.chunk","created":7,"model":"m","choices":[{"index":{{index}},"delta":{{delta}},"logprobs":null,"finish_reason":{{finishReason}}}]}""";

    /// <summary>A piece of a tool call; the first of a call has its id and name.</summary>
    public static string Tool(int index, string? id, string? name, string arguments) => Chunk(
        id is null
            ? $$$"""{"tool_calls":[{"index":{{{index}}},"function":{"arguments":"{{{arguments}}}"}}]}"""
            : $$$"""{"tool_calls":[{"index":{{{index}}},"id":"{{{id}}}","type":"function","function":{"name":"{{{name}}}","arguments":"{{{arguments}}}"}}]}""");

    public static string Stream(string newLine, params string[] data) => string.Concat(data.Select(frame => $"data: {frame}{newLine}{newLine}"));

    /// <summary>Relays a stream to its end.</summary>
    public static (string Text, AttemptOutcome Outcome, TokenUsage Usage) Relayed(
        string stream, bool voice = false, bool includeUsage = false, string? model = null, int readSize = 1000, bool speakable = false)
    {
        using var relay = new StreamRelay(voice, includeUsage, model is null ? null : Encoding.UTF8.GetBytes(model), speakable);
        var output = new ArrayBufferWriter<byte>();
        var bytes = Encoding.UTF8.GetBytes(stream);
        for (var position = 0; relay.Outcome == AttemptOutcome.None;)
        {
            var read = bytes.AsMemory(position, Math.Min(readSize, bytes.Length - position));
            read.CopyTo(relay.Free);
            relay.Accept(read.Length, output);
            position += read.Length;
        }

        return (Encoding.UTF8.GetString(output.WrittenSpan), relay.Outcome, relay.Usage);
    }

    /// <summary>Gives a relay a part of a stream in one read.</summary>
    public static RelayProgress Feed(StreamRelay relay, string stream, ArrayBufferWriter<byte> output)
    {
        var bytes = Encoding.UTF8.GetBytes(stream);
        bytes.CopyTo(relay.Free);
        return relay.Accept(bytes.Length, output);
    }
}
