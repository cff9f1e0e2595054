using System.Text;
using System.Text.Json;
using Gateway.Options;
using Gateway.Rewriting;
using Gateway.Speech;
using Simulation;

namespace Gateway.Tests.Rewriting;

public sealed class SystemAdditionsTests
{
    private const string User = """{"role":"user","content":"Hi"}""";

    [Theory]
    [InlineData("""[ {"role":"system","content":"You are."} ,USER]""", """[ {"role":"system","content":"Pre\n\nYou are.\n\nSuf"} ,USER]""", "a text")]
    [InlineData("""[{"content" : "caf\u00e9 \"x\"\\" , "role":"system"},USER]""", """[{"content" : "Pre\n\ncaf\u00e9 \"x\"\\\n\nSuf" , "role":"system"},USER]""", "escapes stay as they are")]
    [InlineData("""[{"role":"developer","content":"S"},USER]""", """[{"role":"developer","content":"Pre\n\nS\n\nSuf"},USER]""", "a developer's message is one")]
    [InlineData("""[{"role":"system","content":""},USER]""", """[{"role":"system","content":"Pre\n\nSuf"},USER]""", "an empty text")]
    [InlineData("""[{"role":"system","content":[ {"type":"text","text":"S"} ]},USER]""", """[{"role":"system","content":[{"type":"text","text":"Pre\n\n"}, {"type":"text","text":"S"} ,{"type":"text","text":"\n\nSuf"}]},USER]""", "a list of parts")]
    [InlineData("""[{"role":"system","content":[ ]},USER]""", """[{"role":"system","content":[{"type":"text","text":"Pre\n\nSuf"} ]},USER]""", "an empty list")]
    [InlineData("""[USER]""", """[{"role":"system","content":"Pre\n\nSuf"},USER]""", "none")]
    [InlineData("""[ USER,{"role":"system","content":"S"}]""", """[ {"role":"system","content":"Pre\n\nSuf"},USER,{"role":"system","content":"S"}]""", "one that is not the first")]
    [InlineData("""[{"role":"system","content":"A"},{"role":"system","content":"B"},USER]""", """[{"role":"system","content":"Pre\n\nA\n\nSuf"},{"role":"system","content":"B"},USER]""", "several")]
    [InlineData("""[{"role":"system","content":"first","content":"last"},USER]""", """[{"role":"system","content":"first","content":"Pre\n\nlast\n\nSuf"},USER]""", "content twice: readers take the last")]
    [InlineData("""[{"role":"system","content":null},USER]""", """[{"role":"system","content":null},USER]""", "nothing to add to")]
    [InlineData("""[{"role":"system"},USER]""", """[{"role":"system"},USER]""", "no content")]
    [InlineData("""[{"role":"system","content":{"text":"S"}},USER]""", """[{"role":"system","content":{"text":"S"}},USER]""", "what no model takes")]
    [InlineData("""[{"role":"system","content":7},USER]""", """[{"role":"system","content":7},USER]""", "a number")]
    public void Add_ToMessages_SplicesBytes(string messages, string expected, string why)
    {
        var sent = Messages(messages, new SystemAdditions("Pre", "Suf"));

        Assert.True(expected.Replace("USER", User, StringComparison.Ordinal) == sent, $"{why}: {sent}");
    }

    [Theory]
    [InlineData("Pre", null, "Pre\\n\\nS")]
    [InlineData(null, "Suf", "S\\n\\nSuf")]
    [InlineData("  Pre \n", " ", "Pre\\n\\nS")]
    public void Add_OneOfThem_LeavesTheOtherEndAlone(string? prefix, string? suffix, string expected) =>
        Assert.Equal($$"""[{"role":"system","content":"{{expected}}"}]""", Messages("""[{"role":"system","content":"S"}]""", SystemAdditions.Of(prefix, suffix)!));

    [Fact]
    public void Add_TextWithCharactersOfJson_IsThatTextToTheModel()
    {
        const string Prefix = "Say \"no\".\nC:\\new\t{{name}} </s> \u0001 Grüß 👋";

        var sent = Messages("""[{"role":"system","content":"S"}]""", new SystemAdditions(Prefix, suffix: null));

        Assert.Equal($"{Prefix}\n\nS", JsonElement.Parse(sent)[0].GetProperty("content").GetString());
        Assert.Contains("Grüß", sent, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_NotesOfTheTurn_AreTheLastOfTheMessage() => Assert.Equal(
        """[{"role":"system","content":"Pre\n\nS\n\nSuf\n\nNotes"}]""", Messages("""[{"role":"system","content":"S"}]""", new SystemAdditions("Pre", "Suf"), "Notes"));

    [Fact]
    public void Add_NothingToAdd_LeavesEveryByte() => Assert.Equal("""[ {"role":"system","content":"S"}]""", Messages("""[ {"role":"system","content":"S"}]""", SystemAdditions.None));

    [Fact]
    public void Add_BesideWordsThatAreCutFromTheHistory_BothHappen()
    {
        const string Spoken = """{"role":"assistant","content":"Let me see... "}""";
        var request = Rewritten.Read($$"""{"messages":[{{Spoken}},{{User}},{{Spoken}},{{User}}]}""");
        request.Edits = SpokenHistory.Cuts(request, PhraseBook.Default);
        Assert.NotEmpty(request.Edits);
        var without = Sent(request);

        new SystemAdditions("Pre", suffix: null).AddTo(request, notes: default);

        Assert.Equal(without.Replace("[", """[{"role":"system","content":"Pre"},""", StringComparison.Ordinal), Sent(request));
    }

    [Fact]
    public void Of_NothingConfigured_IsNull() => Assert.Null(SystemAdditions.Of(" ", null));

    [Fact]
    public async Task Turn_OfACallerWithAdditions_HasThemInEveryAttemptAndOthersDoNot()
    {
        const string Ask = """{"stream":true,"messages":[{"role":"system","content":"S"},{"role":"user","content":"Hello?"}]}""";
        await using var gateway = await SimulatedGateway.StartAsync(
            2,
            (_, i) => i == 0 ? SimulatedCall.Fails(503) : SimulatedCall.Says(10, "Hello."),
            new() { ["Callers:0:SystemPrefix"] = "Short sentences.", ["Callers:0:SystemSuffix"] = "No lists." });

        await gateway.RunAsync(Ask);
        await gateway.RunAsync(Ask, SimulatedGateway.ApiKey);

        Assert.Equal(["Short sentences.\n\nS\n\nNo lists.", "Short sentences.\n\nS\n\nNo lists.", "S"], gateway.Upstream.Calls.Select(call => JsonElement.Parse(call.Body).GetProperty("messages")[0].GetProperty("content").GetString()));
    }

    [Fact]
    public void CacheKey_OfCallersWithOtherPrefixes_Differs()
    {
        string[] keys = [.. new[] { null, "A", "B" }.Select(prefix => Key(new SystemAdditions(prefix, suffix: null), ""))];

        Assert.Equal(3, keys.Distinct().Count());
        Assert.Equal(keys[1], Key(new SystemAdditions("A", "Suf"), "Notes of somebody"));
    }

    private static string Key(SystemAdditions additions, string notes)
    {
        var request = Rewritten.Read("""{"messages":[{"role":"system","content":"S"}]}""");
        additions.AddTo(request, Encoding.UTF8.GetBytes(notes));
        var body = Rewritten.Of(request, Rewritten.Deployment(new DeploymentOptions { Name = "dep", Model = "gpt-4o" }), new RewriteContext { Profile = CallerProfile.Api, SystemPrefix = additions.Prefix }).Body;
        return JsonElement.Parse(body).GetProperty("prompt_cache_key").GetString()!;
    }

    private static string Messages(string messages, SystemAdditions additions, string notes = "")
    {
        var request = Rewritten.Read($$"""{"messages":{{messages.Replace("USER", User, StringComparison.Ordinal)}}}""");
        additions.AddTo(request, Encoding.UTF8.GetBytes(notes));
        return Sent(request);
    }

    private static string Sent(Gateway.Requests.ChatRequest request)
    {
        var deployment = Rewritten.Deployment(new DeploymentOptions { Name = "dep", Model = "gpt-4o", ApiVersion = "2024-10-21" });
        var body = Rewritten.Of(request, deployment, new RewriteContext { Profile = CallerProfile.Api }).Body;
        return body["{\"messages\":".Length..^",\"model\":\"dep\"}".Length];
    }
}
