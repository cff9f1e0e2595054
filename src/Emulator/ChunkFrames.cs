using System.Buffers;
using System.Text;

namespace Emulator;

/// <summary>Builds the frames of one stream, without their line ends. A frame is good until the next one is built.</summary>
internal sealed class ChunkFrames(string id, long created, string model, ChatRequest request, bool asyncFilter)
{
    private const string Nobody = "data: {\"id\":\"\",\"object\":\"\",\"created\":0,\"model\":\"\",";

    private static readonly byte[] PreambleFrame =
        Encoding.UTF8.GetBytes($$"""{{Nobody}}"prompt_filter_results":[{"prompt_index":0,"content_filter_results":{{ContentFilter.SafePrompt}}}],"choices":[]}""");

    // Chunks differ in their middle only.
    private readonly byte[] _head = Encoding.UTF8.GetBytes(
        $$"""data: {"id":"{{id}}","object":"chat.completion.chunk","created":{{created}},"model":{{CompletionJson.Text(model)}},"system_fingerprint":"fp_emulator","choices":[""");

    private readonly byte[] _tail = Encoding.UTF8.GetBytes($$""","finish_reason":null,"content_filter_results":{{(asyncFilter ? "{}" : ContentFilter.Safe)}}}]{{(request.IncludeUsage ? ",\"usage\":null" : "")}}}""");

    private readonly ArrayBufferWriter<byte> _frame = new(1024);
    private int _checked;

    public static ReadOnlyMemory<byte> Preamble => PreambleFrame;

    public static byte[] Error(AzureError error) => [.. "data: "u8, .. error.ToUtf8()];

    public ReadOnlyMemory<byte> Role() => Chunk("""{"role":"assistant","content":"","refusal":null}""", "null");

    public ReadOnlyMemory<byte> Content(string text) => Of(new(DeltaKind.Content, text), []);

    public ReadOnlyMemory<byte> Of(Delta delta, IReadOnlyList<ScriptedToolCall> calls)
    {
        var text = CompletionJson.Text(delta.Text);
        return delta.Kind switch
        {
            DeltaKind.Content => Chunk($$"""{"content":{{text}}}""", request.LogProbs ? CompletionJson.LogProbs([delta], request.TopLogProbs) : "null"),
            DeltaKind.Reasoning => Chunk($$"""{"reasoning_content":{{text}}}""", "null"),
            DeltaKind.Refusal => Chunk($$"""{"refusal":{{text}}}""", "null"),
            DeltaKind.ToolName => Chunk($$$"""{"tool_calls":[{"index":{{{delta.Tool}}},"id":{{{CompletionJson.TextOrNull(calls[delta.Tool].Id)}}},"type":"function","function":{"name":{{{text}}},"arguments":""}}]}""", "null"),
            _ => Chunk($$$"""{"tool_calls":[{"index":{{{delta.Tool}}},"function":{"arguments":{{{text}}}}}]}""", "null"),
        };
    }

    public ReadOnlyMemory<byte> Finish(string reason) => Frame(_head,
        $$"""{"index":0,"delta":{},"logprobs":null,"finish_reason":{{CompletionJson.Text(reason)}},"content_filter_results":{{(reason == "content_filter" ? ContentFilter.Blocked : "{}")}}}]{{(request.IncludeUsage ? ",\"usage\":null" : "")}}}""");

    public ReadOnlyMemory<byte> Usage(Answer answer) => Frame(_head, $$"""],"usage":{{CompletionJson.Usage(request, answer)}}}""");

    /// <summary>The asynchronous filter's verdict on what was said since its last one, up to the character <paramref name="end"/>.</summary>
    public ReadOnlyMemory<byte> Verdict(int end)
    {
        var start = _checked;
        _checked = end;
        return Frame([], $$$"""{{{Nobody}}}"choices":[{"index":0,"finish_reason":null,"content_filter_results":{{{ContentFilter.Safe}}},"content_filter_offsets":{"check_offset":{{{start}}},"start_offset":{{{start}}},"end_offset":{{{end}}}}}]}""");
    }

    private ReadOnlyMemory<byte> Chunk(string delta, string logProbs) => Frame(_head, $$"""{"index":0,"delta":{{delta}},"logprobs":{{logProbs}}""", _tail);

    private ReadOnlyMemory<byte> Frame(ReadOnlySpan<byte> head, string middle, ReadOnlySpan<byte> tail = default)
    {
        _frame.ResetWrittenCount();
        _frame.Write(head);
        Encoding.UTF8.GetBytes(middle, _frame);
        _frame.Write(tail);
        return _frame.WrittenMemory;
    }
}
