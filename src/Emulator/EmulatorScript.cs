using System.Text.Json;
using System.Text.Json.Serialization;

namespace Emulator;

/// <summary>
/// What the emulator answers, when, and what goes wrong. In JSON the names are in snake case, and one that is not known is refused:
/// <c>#emulate {"text":"Hello there.","first_token_ms":300,"fault":"reset","after":1}</c> as the beginning of the last user (or tool)
/// message scripts that one answer. An empty script is an empty answer.
/// </summary>
/// <remarks>
/// A <i>delta</i> is a chunk that carries a piece of reasoning, content, refusal or tool call; Azure's first chunk, the role, the
/// filter's verdicts, finish and usage are none. <see cref="After"/> counts deltas.
/// </remarks>
public sealed record EmulatorScript
{
    // Settable, not init: the source-generated reader passes init properties to the constructor call and so loses their defaults.

    /// <summary>What is said, a delta per word. Default: nothing, or filler words where <see cref="Chunks"/> asks for some.</summary>
    public string? Text { get; set; }

    /// <summary>What is said, exactly these content deltas, empty ones too. Replaces <see cref="Text"/>.</summary>
    public IReadOnlyList<string>? Deltas { get; set; }

    /// <summary>Whether what is said is what the request's system and developer messages tell, a line each. Replaces <see cref="Text"/>. Default: no.</summary>
    public bool EchoSystem { get; set; }

    /// <summary>How many content deltas there are: the words of <see cref="Text"/> are repeated or dropped. Default: as many as there are words.</summary>
    public int? Chunks { get; set; }

    /// <summary>Reasoning before it (<c>reasoning_content</c>), a delta per word. Default: none.</summary>
    public string? Reasoning { get; set; }

    /// <summary>A refusal behind it, a delta per word. Default: none.</summary>
    public string? Refusal { get; set; }

    /// <summary>Tool calls at its end. Default: none.</summary>
    public IReadOnlyList<ScriptedToolCall>? ToolCalls { get; set; }

    /// <summary>Whether the pieces of several tool calls alternate. Default: one call after the other.</summary>
    public bool Interleaved { get; set; }

    /// <summary>The <c>finish_reason</c>. Default: <c>tool_calls</c> or <c>stop</c>.</summary>
    public string? FinishReason { get; set; }

    /// <summary>Whether a stream begins with Azure's chunk without choices. Default: yes.</summary>
    public bool Preamble { get; set; } = true;

    /// <summary>Whether the usage chunk is sent when it is asked for. Default: yes.</summary>
    public bool Usage { get; set; } = true;

    /// <summary>Whether verdicts come in chunks of their own, without <c>delta</c>, as with Azure's asynchronous filter. Default: no.</summary>
    public bool AsyncFilter { get; set; }

    /// <summary>The exact text of a stream, sent frame by frame; a frame counts as a delta. Replaces everything that is said. Default: none.</summary>
    public string? Sse { get; set; }

    /// <summary>The same as bytes, which need be no text: a transcript from a file, or one that ends inside a character. Only in process. Default: none.</summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte>? SseBytes { get; set; }

    /// <summary>Milliseconds before the headers. Default: 0.</summary>
    public int HeadersMs { get; set; }

    /// <summary>Milliseconds between the role chunk and the first delta. Default: 0.</summary>
    public int FirstTokenMs { get; set; }

    /// <summary>Milliseconds before every further delta. Default: 0.</summary>
    public int TokenMs { get; set; }

    /// <summary>Status of the answer. Default: 200; any other is answered with Azure's error body, or with <see cref="Body"/>.</summary>
    public int Status { get; set; } = 200;

    /// <summary>Code in the error body. Default: Azure's for the status. <c>content_filter</c> with 400 is a refused prompt.</summary>
    public string? Code { get; set; }

    /// <summary>Milliseconds in <c>retry-after-ms</c>, and rounded up to seconds in <c>retry-after</c>. Default: 1000 with 429, else none.</summary>
    public int? RetryAfterMs { get; set; }

    /// <summary>Further headers of the answer; they win over the emulator's. Default: none.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; set; }

    /// <summary>Exact body of an answer that is no stream. Default: none.</summary>
    public string? Body { get; set; }

    /// <summary>Content type of the answer. Default: what it should be.</summary>
    public string? ContentType { get; set; }

    /// <summary>What goes wrong. Default: nothing.</summary>
    public EmulatorFault Fault { get; set; }

    /// <summary>After how many deltas it goes wrong, at the end at the latest. Default: 0; before the headers for a reset or a stall; at the end for <see cref="EmulatorFault.NoEnd"/>.</summary>
    public int? After { get; set; }

    /// <summary>Milliseconds of a stall, after which the answer goes on. Default: until the client hangs up.</summary>
    public int? StallMs { get; set; }

    /// <summary>What is sent during a stall behind the headers. Default: nothing.</summary>
    public StallFill StallFill { get; set; }

    /// <summary>Milliseconds between two of those. Default: 1000.</summary>
    public int StallEveryMs { get; set; } = 1000;

    /// <summary>Characters of an oversized delta. Default: 1,310,720 (1.25 MiB, above the gateway's limit of 1 MiB for a frame).</summary>
    public int Size { get; set; } = 1_310_720;

    /// <summary>Whether lines end in CR LF. Default: LF. What is in <see cref="Sse"/> stays as it is.</summary>
    public bool Crlf { get; set; }

    /// <summary>Frames per write. Default: 1.</summary>
    public int FramesPerWrite { get; set; } = 1;

    /// <summary>Bytes per write, wherever that cuts, inside a character too. Default: 0, a frame is one write.</summary>
    public int BytesPerWrite { get; set; }

    /// <summary>Whether the answer is sent before the request's body is read. Only in <see cref="AzureOpenAIEmulator.Script"/>: a script in the body is too late.</summary>
    public bool Early { get; set; }

    /// <summary>
    /// Awaited before delta N (0, 1, …; -1: before the headers), so that a test decides when the answer goes on, without a clock. Only in process.
    /// </summary>
    [JsonIgnore]
    public Func<int, CancellationToken, Task>? Gate { get; set; }

    /// <summary>Reads a script from its JSON. What follows the JSON is ignored.</summary>
    /// <exception cref="JsonException">It is no script: no JSON, a name that is not known, or a value of the wrong type.</exception>
    public static EmulatorScript Parse(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        return JsonSerializer.Deserialize(ref reader, ScriptJson.Default.EmulatorScript) ?? throw new JsonException("A script is a JSON object.");
    }

    /// <summary>The script as JSON, ready for <c>#emulate </c>.</summary>
    public override string ToString() => JsonSerializer.Serialize(this, ScriptJson.Default.EmulatorScript);
}
