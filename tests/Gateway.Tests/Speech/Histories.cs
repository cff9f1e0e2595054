using System.Text;
using System.Text.Json;
using Gateway.Options;
using Gateway.Requests;
using Gateway.Speech;

namespace Gateway.Tests.Speech;

/// <summary>Requests by their history, and what is said in them.</summary>
internal static class Histories
{
    public const string English = "Good morning, this is the clinic. I am glad that you called, so how can I help you today?";
    public const string German = "Guten Morgen, hier ist die Praxis. Schön, dass Sie anrufen, was kann ich heute für Sie tun?";
    public const string LongEnough = "I need to move my appointment";

    public static CallerSpeech Caller(Action<CallerOptions>? change = null, PhraseBook? phrases = null)
    {
        var options = new CallerOptions { Name = "voice" };
        change?.Invoke(options);
        return CallerSpeech.For(options, phrases ?? PhraseBook.Default);
    }

    /// <summary>A request with these messages, each JSON.</summary>
    public static ChatRequest Request(params string[] messages) => Request(messages, more: "");

    public static ChatRequest Request(string[] messages, string more)
    {
        Assert.Null(ChatRequestReader.TryRead(Encoding.UTF8.GetBytes($$"""{"messages":[{{string.Join(",", messages)}}]{{more}}}"""), out var request));
        return request;
    }

    /// <summary>The property <c>tools</c> with these, to follow the messages.</summary>
    public static string Tools(params string[] names) =>
        $",\"tools\":[{string.Join(",", names.Select(name => $$"""{"type":"function","function":{"name":"{{name}}","parameters":{} } }"""))}]";

    public static string System(string text = "You are an agent.") => Message("system", text);

    public static string User(string text = LongEnough) => Message("user", text);

    public static string Assistant(string text = English) => Message("assistant", text);

    public static string Call(string tool, string arguments = "{}", string? content = null, string id = "call_1") => $$"""
        {"role":"assistant","content":{{(content is null ? "null" : Json(content))}},"tool_calls":[{"id":"{{id}}","type":"function","function":{"name":"{{tool}}","arguments":{{Json(arguments)}} } }]}
        """;

    public static string Result(string id = "call_1", string text = "ok") => $$"""{"role":"tool","tool_call_id":"{{id}}","content":{{Json(text)}}}""";

    public static string Json(string text) => JsonSerializer.Serialize(text, TestJson.Default.String);

    public static string Text(ReadOnlyMemory<byte> json) => JsonDocument.Parse(json).RootElement.GetString()!;

    private static string Message(string role, string text) => $$"""{"role":"{{role}}","content":{{Json(text)}}}""";
}
