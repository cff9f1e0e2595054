using System.Text;
using Gateway.Options;
using Gateway.Requests;
using Gateway.Rewriting;
using Gateway.Speech;
using Gateway.Tests.Rewriting;

namespace Gateway.Tests.Speech;

/// <summary>What goes upstream of a history in which was spoken without a model.</summary>
public sealed class SpokenHistoryTests
{
    private const string U = """{"role":"user","content":"Hello there"}""";

    [Theory]
    [InlineData("One moment, please... It is \\u0034 o'clock.", "It is \\u0034 o'clock.")]
    [InlineData("One moment, please\\u2026  It is four.", "It is four.")]
    [InlineData("One moment, please...\\n\\tIt is four.", "It is four.")]
    [InlineData("Let me see... One moment, please... It is four.", "It is four.")]
    [InlineData("Let me see... Sorry, I didn't quite get that. Could you say it again, please? It is four.", "It is four.")]
    [InlineData("少々お待ちください… 四時です。", "四時です。")]
    [InlineData("एक मिनट दीजिए... चार बजे हैं।", "चार बजे हैं।")]
    [InlineData("\\u00c9 isso. Um momento, por favor... Sim.", "\\u00c9 isso. Um momento, por favor... Sim.")]
    [InlineData("It is four. One moment, please... ", "It is four. One moment, please... ")]
    public void Rewrite_AssistantText_LosesWhatItBeginsWith(string content, string expected) =>
        AssertMessages($$"""[{{U}}, {"content" : "{{expected}}","role":"assistant"} ,{{U}}]""", $$"""[{{U}}, {"content" : "{{content}}","role":"assistant"} ,{{U}}]""");

    [Theory]
    [InlineData("""[{"role":"system","content":"S"}, {"role":"assistant","content":"Let me see... "} ,{"role":"user","content":"Hi"}]""", """[{"role":"system","content":"S"} ,{"role":"user","content":"Hi"}]""", "in the middle")]
    [InlineData("""[ {"role":"assistant","content":"Let me thin"} , {"role":"user","content":"Hi"} ]""", """[ {"role":"user","content":"Hi"} ]""", "the first")]
    [InlineData("""[{"role":"user","content":"Hi"} , {"role":"assistant","content":"Let me see..."} ]""", """[{"role":"user","content":"Hi"} ]""", "the last")]
    [InlineData("""[{"role":"assistant","content":"Let me see..."},{"role":"assistant","content":"Let me see..."},{"role":"user","content":"Hi"},{"role":"assistant","content":"Let me see..."},{"role":"assistant","content":"Let me see..."}]""", """[{"role":"user","content":"Hi"}]""", "several")]
    [InlineData("""[{"role":"assistant","content":"Let me see..."},{"role":"assistant","content":"Let me see... "}]""", """[{"role":"assistant","content":"Let me see... "}]""", "all of them: the last stays")]
    [InlineData("""[{"role":"assistant","content":"Let me see..."}]""", """[{"role":"assistant","content":"Let me see..."}]""", "the only one")]
    public void Rewrite_MessageOfNothingElse_IsDroppedWithItsComma(string messages, string expected, string why) => Assert.True(expected == Messages(messages), $"{why}: {Messages(messages)}");

    [Fact]
    public void Rewrite_CallWithNothingElse_KeepsTheCall() => AssertMessages(
        $$"""[{{U}},{"role":"assistant","content": null,"tool_calls":[{"id":"a"}]}]""",
        $$"""[{{U}},{"role":"assistant","content": "Let me see... ","tool_calls":[{"id":"a"}]}]""");

    [Fact]
    public void Rewrite_EmptyListOfCalls_IsNoCall() => AssertMessages($"[{U}]", $$"""[{{U}},{"role":"assistant","content":"Let me see... ","tool_calls":[]}]""");

    [Fact]
    public void Rewrite_FunctionCallOfOldClients_IsKept() => AssertMessages(
        $$"""[{{U}},{"role":"assistant","content":null,"function_call":{"name":"f"} }]""",
        $$"""[{{U}},{"role":"assistant","content":"Let me see... ","function_call":{"name":"f"} }]""");

    [Theory]
    [InlineData("""[{"type":"text","text":"Let me see... Four."}]""", """[{"type":"text","text":"Four."}]""")]
    [InlineData("""[ {"text":"Let me see... ","type":"text"} , {"type":"text","text":"One moment, please... Four."}, {"type":"text","text":"Let me see... "} ]""", """[ {"type":"text","text":"Four."}, {"type":"text","text":"Let me see... "} ]""")]
    [InlineData("""[{"type":"text","text":"Let me see... "},{"type":"refusal","refusal":"No."}]""", """[{"type":"refusal","refusal":"No."}]""")]
    [InlineData("""[{"type":"text","text":"Let me thin"},{"type":"text","text":"Four."}]""", """[{"type":"text","text":"Let me thin"},{"type":"text","text":"Four."}]""")]
    [InlineData("""[{"type":"text","text":""},{"type":"text","text":"Let me see... Four."}]""", """[{"type":"text","text":""},{"type":"text","text":"Let me see... Four."}]""")]
    [InlineData("""[1,"Let me see... ",null]""", """[1,"Let me see... ",null]""")]
    [InlineData("""[{"t\ud800xt":"x","text":["Let me see... "]}]""", """[{"t\ud800xt":"x","text":["Let me see... "]}]""")]
    [InlineData("[]", "[]")]
    public void Rewrite_ListOfParts_LosesTheFirstOfThem(string content, string expected) =>
        AssertMessages($$"""[{"role":"assistant","content":{{expected}}},{{U}}]""", $$"""[{"role":"assistant","content":{{content}}},{{U}}]""");

    [Fact]
    public void Rewrite_ListOfNothingElse_IsDropped() =>
        AssertMessages($"[{U}]", $$"""[{"role":"assistant","content":[{"type":"text","text":"Let me see... "},{"type":"text","text":"One momen"}]},{{U}}]""");

    [Theory]
    [InlineData("user")]
    [InlineData("system")]
    [InlineData("developer")]
    public void Rewrite_TextOfOthers_IsNeverTouched(string role) => AssertUntouched($$"""[{"role":"{{role}}","content":"Let me see... "},{"role":"{{role}}","content":"Let me see... Four."}]""");

    [Fact]
    public void Rewrite_ResultOfATool_IsNeverTouched() => AssertUntouched("""[{"role":"tool","tool_call_id":"a","content":"Let me see... Four."}]""");

    [Theory]
    [InlineData("null")]
    [InlineData("\"\"")]
    [InlineData("\" \"")]
    [InlineData("7")]
    [InlineData("{\"text\":\"Let me see... \"}")]
    [InlineData("\"\\ud800 Let me see... \"")]
    public void Rewrite_ContentWithoutAPhrase_IsUntouched(string content) => AssertUntouched($$"""[{"role":"assistant","content":{{content}}},{{U}}]""");

    [Fact]
    public void Rewrite_NextTurnOfAConversation_BeginsWithTheSameBytes()
    {
        string[] history =
        [
            Histories.System(), Histories.Assistant(), Histories.User(), Histories.Assistant("Let me see... Four."), Histories.User(), Histories.Assistant("One mome"),
            Histories.User(), Histories.Call("find", content: "Let me see... "), Histories.Result(), Histories.Assistant("Let me see... One momen"), Histories.User(),
        ];

        // Otherwise the prompt cache would never be hit again.
        for (var length = 1; length < history.Length; length++)
        {
            var turn = Messages($"[{string.Join(",", history[..length])}]");
            Assert.StartsWith(turn[..^1], Messages($"[{string.Join(",", history[..(length + 1)])}]"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Cuts_NothingToCut_AllocatesNothing()
    {
        // First letters of phrases, and one that goes along with a phrase for a while.
        string[] exchange = [Histories.User(), Histories.Assistant("Let me tell you about it. It is four o'clock."), Histories.User("Una pregunta"), Histories.Assistant("Un momento ideal es el jueves.")];
        var request = Histories.Request([Histories.System(), .. Enumerable.Repeat(exchange, 10).SelectMany(each => each)]);
        Assert.Empty(SpokenHistory.Cuts(request, PhraseBook.Default));

        Assert.Equal(0, Allocations.Least(() =>
        {
            for (var i = 0; i < 100; i++) _ = SpokenHistory.Cuts(request, PhraseBook.Default).Length;
        }));
    }

    private static void AssertUntouched(string messages) => AssertMessages(messages, messages);

    private static void AssertMessages(string expected, string messages) => Assert.Equal(expected, Messages(messages));

    /// <summary>The messages that go upstream.</summary>
    private static string Messages(string messages)
    {
        const string Before = "{ \"model\":\"dep\" , \"messages\" : ";
        Assert.Null(ChatRequestReader.TryRead(Encoding.UTF8.GetBytes($"{Before}{messages}\n, \"x\":1}}"), out var request));
        request.Edits = SpokenHistory.Cuts(request, PhraseBook.Default);

        var rewritten = Rewritten.Of(request, Rewritten.Deployment(new DeploymentOptions { Name = "dep", Model = "gpt-4o", ApiVersion = "2024-10-21" }), new RewriteContext { Profile = CallerProfile.Voice }).Body;
        Assert.EndsWith("\n, \"x\":1}", rewritten, StringComparison.Ordinal);
        var start = rewritten.IndexOf("\"messages\" : ", StringComparison.Ordinal) + "\"messages\" : ".Length;
        return rewritten[start..^"\n, \"x\":1}".Length];
    }
}
