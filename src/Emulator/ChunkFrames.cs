using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Emulator;

/// <summary>Builds the frames of one stream, without their line ends. A frame is good until the next one is built.</summary>
internal sealed class ChunkFrames
{
    private static readonly byte[] PreambleFrame =
        [.. """data: {"id":"","object":"","created":0,"model":"","prompt_filter_results":[{"prompt_index":0,"content_filter_results":"""u8, .. ContentFilter.SafePrompt, .. """}],"choices":[]}"""u8];

    private static readonly SearchValues<char> MustEscape = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(control => (char)control), '"', '\\']);

    private readonly ChatRequest _request;
    private readonly bool _asyncFilter;
    private readonly byte[] _head;
    private readonly ArrayBufferWriter<byte> _frame = new(1024);
    private int _checked;

    public ChunkFrames(string id, long created, string model, ChatRequest request, bool asyncFilter)
    {
        _request = request;
        _asyncFilter = asyncFilter;
        _head = Encoding.UTF8.GetBytes(
            $$"""data: {"id":"{{id}}","object":"chat.completion.chunk","created":{{created}},"model":"{{JsonEncodedText.Encode(model)}}","system_fingerprint":"fp_emulator","choices":[""");
    }

    public static ReadOnlyMemory<byte> Preamble => PreambleFrame;

    public bool IncludeUsage => _request.IncludeUsage;

    public static byte[] Error(AzureError error) => [.. "data: "u8, .. error.ToUtf8()];

    public ReadOnlyMemory<byte> Role()
    {
        BeginDelta();
        _frame.Write("""{"role":"assistant","content":"","refusal":null}"""u8);
        return EndDelta();
    }

    public ReadOnlyMemory<byte> Of(Delta delta, IReadOnlyList<ScriptedToolCall> calls) => delta.Kind switch
    {
        DeltaKind.Content => Said("""{"content":"""u8, delta.Text),
        DeltaKind.Reasoning => Said("""{"reasoning_content":"""u8, delta.Text),
        DeltaKind.Refusal => Said("""{"refusal":"""u8, delta.Text),
        DeltaKind.ToolName => ToolName(delta, calls[delta.Tool].Id),
        _ => ToolArguments(delta),
    };

    public ReadOnlyMemory<byte> Finish(string reason)
    {
        BeginDelta();
        _frame.Write("{}"u8);
        return EndDelta(reason);
    }

    public ReadOnlyMemory<byte> Usage(Answer answer)
    {
        Begin(_head);
        _frame.Write("""],"usage":"""u8);
        using (var json = new Utf8JsonWriter(_frame, CompletionJson.Options))
            CompletionJson.WriteUsage(json, _request, answer);
        return End();
    }

    /// <summary>The asynchronous filter's verdict on what was said since its last one, up to the character <paramref name="end"/>.</summary>
    public ReadOnlyMemory<byte> Verdict(int end)
    {
        Begin("""data: {"id":"","object":"","created":0,"model":"","choices":[{"index":0,"finish_reason":null,"content_filter_results":"""u8);
        _frame.Write(ContentFilter.Safe);
        _frame.Write(Encoding.UTF8.GetBytes($$$""","content_filter_offsets":{"check_offset":{{{_checked}}},"start_offset":{{{_checked}}},"end_offset":{{{end}}}}}]"""));
        _checked = end;
        return End();
    }

    private ReadOnlyMemory<byte> Said(ReadOnlySpan<byte> member, ReadOnlyMemory<char> text)
    {
        BeginDelta();
        _frame.Write(member);
        String(text.Span);
        _frame.Write("}"u8);
        return EndDelta(filtered: !_asyncFilter, token: _request.LogProbs ? text : default(ReadOnlyMemory<char>?));
    }

    private ReadOnlyMemory<byte> ToolName(Delta delta, string? id)
    {
        BeginDelta();
        _frame.Write(Encoding.UTF8.GetBytes($$"""{"tool_calls":[{"index":{{delta.Tool}},"id":"""));
        String(id);
        _frame.Write(""","type":"function","function":{"name":"""u8);
        String(delta.Text.Span);
        _frame.Write(""","arguments":""}}]}"""u8);
        return EndDelta();
    }

    private ReadOnlyMemory<byte> ToolArguments(Delta delta)
    {
        BeginDelta();
        _frame.Write(Encoding.UTF8.GetBytes($$"""{"tool_calls":[{"index":{{delta.Tool}},"function":{"arguments":"""));
        String(delta.Text.Span);
        _frame.Write("}}]}"u8);
        return EndDelta();
    }

    private void Begin(ReadOnlySpan<byte> start)
    {
        _frame.ResetWrittenCount();
        _frame.Write(start);
    }

    private void BeginDelta()
    {
        Begin(_head);
        _frame.Write("""{"index":0,"delta":"""u8);
    }

    /// <summary>Writes a string with nothing escaped but what must be: every writer of the framework would hide an emoji in escapes.</summary>
    private void String(ReadOnlySpan<char> text)
    {
        _frame.Write("\""u8);
        for (var at = text.IndexOfAny(MustEscape); at >= 0; at = text.IndexOfAny(MustEscape))
        {
            Encoding.UTF8.GetBytes(text[..at], _frame);
            Encoding.UTF8.GetBytes(text[at] switch { '"' => "\\\"", '\\' => "\\\\", '\n' => "\\n", var control => $"\\u{(int)control:x4}" }, _frame);
            text = text[(at + 1)..];
        }

        Encoding.UTF8.GetBytes(text, _frame);
        _frame.Write("\""u8);
    }

    private ReadOnlyMemory<byte> EndDelta(string? reason = null, bool filtered = false, ReadOnlyMemory<char>? token = null)
    {
        _frame.Write(""","logprobs":"""u8);
        if (token is { } said)
        {
            using var json = new Utf8JsonWriter(_frame, CompletionJson.Options);
            CompletionJson.WriteLogProbs(json, [said], _request.TopLogProbs);
        }
        else
        {
            _frame.Write("null"u8);
        }

        _frame.Write(""","finish_reason":"""u8);
        if (reason is null)
            _frame.Write("null"u8);
        else
            String(reason);
        _frame.Write(""","content_filter_results":"""u8);
        _frame.Write(reason == "content_filter" ? ContentFilter.Blocked : filtered ? ContentFilter.Safe : "{}"u8);
        _frame.Write("}]"u8);
        if (IncludeUsage)
            _frame.Write(""","usage":null"""u8);
        return End();
    }

    private ReadOnlyMemory<byte> End()
    {
        _frame.Write("}"u8);
        return _frame.WrittenMemory;
    }
}
