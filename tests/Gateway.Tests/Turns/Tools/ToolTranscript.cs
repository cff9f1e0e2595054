using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gateway.Tests.Turns.Tools;

/// <summary>One tool's way through a conversation: offered, called by the model, and its result told.</summary>
internal sealed record ToolTranscript
{
    private const string CallId = "call_9Xk2";

    /// <summary>The name of the function.</summary>
    public required string Name { get; init; }

    /// <summary>What the function takes, a JSON schema.</summary>
    public required string Parameters { get; init; }

    /// <summary>What the model says before it calls. Default: nothing.</summary>
    public string Says { get; init; } = "";

    /// <summary>The arguments as the model writes them: JSON, with its white space and escapes.</summary>
    public required string Arguments { get; init; }

    /// <summary>The content of the tool's message when all went well.</summary>
    public required string Success { get; init; }

    /// <summary>The content of the tool's message when it did not.</summary>
    public required string Error { get; init; }

    /// <summary>The request's <c>tools</c>.</summary>
    public string Offered => $$$"""[{"type": "function", "function": {"name": "{{{Name}}}", "description": "Use it where the prompt says so.", "parameters": {{{Parameters}}}}}]""";

    /// <summary>The turn in which the model is to call the tool.</summary>
    public string Request => RequestWith("");

    /// <summary>The turn after it: the call is in the history, and its result behind it.</summary>
    public string RequestAfter(string result) => RequestWith(
        $$$"""
        , {"role": "assistant", "content": {{{(Says == "" ? "null" : Ascii(Says))}}}, "tool_calls": [{"id": "{{{CallId}}}", "type": "function", "function": {"name": "{{{Name}}}", "arguments": {{{Ascii(Arguments)}}}}}]},
          {"role": "tool", "name": "{{{Name}}}", "tool_call_id": "{{{CallId}}}", "content": {{{Ascii(result)}}}}
        """);

    /// <summary>The frames of the call: its id and name, then the arguments in pieces of a length; or all in one where that is none.</summary>
    public IReadOnlyList<string> CallFrames(int? pieceLength, string id = CallId) => pieceLength is { } length
        ? [Begun(id, ""), .. Pieces(length).Select(Continued)]
        : [Begun(id, Arguments)];

    public static string Frame(string delta, string finishReason = "null") => Data(
        $$"""{"id":"chatcmpl-1","object":"chat.completion.chunk","created":7,"model":"gpt","system_fingerprint":"fp","choices":[{"index":0,"delta":{{delta}},"logprobs":null,"finish_reason":{{finishReason}}}],"usage":null}""");

    public static string Data(string data) => $"data: {data}\n\n";

    /// <summary>As models' servers write it: what need not be escaped is not.</summary>
    public static string Utf8(string text) => Quoted(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);

    /// <summary>As many clients write it: ASCII alone.</summary>
    private static string Ascii(string text) => Quoted(text, JavaScriptEncoder.Default);

    private static string Quoted(string text, JavaScriptEncoder encoder) => $"\"{JsonEncodedText.Encode(text, encoder)}\"";

    private string Begun(string id, string arguments) =>
        Frame($$$"""{"tool_calls":[{"index":0,"id":"{{{id}}}","type":"function","function":{"name":"{{{Name}}}","arguments":{{{Utf8(arguments)}}}}}]}""");

    private static string Continued(string piece) => Frame($$$"""{"tool_calls":[{"index":0,"function":{"arguments":{{{Utf8(piece)}}}}}]}""");

    private IEnumerable<string> Pieces(int length)
    {
        for (int start = 0, end; start < Arguments.Length; start = end)
        {
            end = Math.Min(start + length, Arguments.Length);
            // No server sends half a character.
            if (char.IsHighSurrogate(Arguments[end - 1])) end++;
            yield return Arguments[start..end];
        }
    }

    private string RequestWith(string further) =>
        $$"""
        {"messages": [
          {"role": "system", "content": "You are the voice of a caf\u00e9.\nUse your tools."},
          {"role": "assistant", "content": "Hello! What can I do for you?"},
          {"role": "user", "content": "Please do what you think is right."}{{further}}
         ], "model": "your-custom-model", "temperature": 0.7, "max_tokens": 1000, "stream": true, "tools": {{Offered}}}
        """;
}
