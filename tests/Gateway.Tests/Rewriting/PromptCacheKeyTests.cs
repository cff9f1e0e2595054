using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.Options;
using Gateway.Rewriting;

namespace Gateway.Tests.Rewriting;

public sealed partial class PromptCacheKeyTests
{
    private const string Tools = "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"end_call\"}}]";

    [Fact]
    public void Key_OfATurn_IsTheSameOnAnyMachine() => Assert.Equal("4c519c042696d22d1c4e241c48ffa5a5:13", Key(Request("You are an agent."), "conv_1"));

    [Fact]
    public void Key_OfATurn_IsAHashAndAShard() => Assert.Matches(Form(), Key(Request("You are an agent."), "conv_1"));

    [Fact]
    public void Key_OfOneConversation_StaysTheSame() => Assert.Equal(
        Key(Request("You are an agent."), "conv_1"),
        Key(Request("You are an agent.", more: ",{\"role\":\"assistant\",\"content\":\"Yes?\"},{\"role\":\"user\",\"content\":\"No.\"}"), "conv_1"));

    [Fact]
    public void Key_OfManyConversations_DiffersInTheShardAndUsesAll()
    {
        var keys = Enumerable.Range(0, 500).Select(i => Key(Request("S"), $"conv_{i}").Split(':')).ToArray();

        Assert.Single(keys.Select(key => key[0]).Distinct());
        Assert.Equal(Enumerable.Range(0, 16).Select(shard => $"{shard}").Order(), keys.Select(key => key[1]).Distinct().Order());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Key_OfAnyNumberOfShards_StaysWithinIt(int shards)
    {
        var keys = Enumerable.Range(0, 200).Select(i => Key(Request("S"), $"conv_{i}", shards: shards)).ToArray();

        Assert.All(keys, key => Assert.InRange(int.Parse(key.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture), 0, shards - 1));
        // OpenAI takes 64 characters.
        Assert.All(keys, key => Assert.InRange(key.Length, 34, 64));
    }

    [Fact]
    public void Key_WithoutAConversation_IsOfTheFirstShard() => Assert.EndsWith(":0", Key(Request("S"), conversation: null), StringComparison.Ordinal);

    [Fact]
    public void Key_OfAnotherModelToolsOrSystemMessage_IsAnother()
    {
        string[] keys =
        [
            Key(Request("S"), "c"),
            Key(Request("T"), "c"),
            Key(Request("S").Replace("end_call", "end_cali", StringComparison.Ordinal), "c"),
            Key(Request("S").Replace("," + Tools, "", StringComparison.Ordinal), "c"),
            Key(Request("S"), "c", name: "another"),
            Key("{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]," + Tools + "}", "c"),
            Key("{\"messages\":[{\"role\":\"system\"},{\"role\":\"user\",\"content\":\"Hi\"}]}", "c"),
        ];

        Assert.Equal(keys.Length, keys.Distinct().Count());
    }

    [Theory]
    [InlineData("system", "developer")]
    public void Key_OfADeveloperMessage_IsThatOfASystemMessage(string role, string other) =>
        Assert.Equal(Key(Request("S"), "c"), Key(Request("S").Replace(role, other, StringComparison.Ordinal), "c"));

    [Theory]
    [InlineData("a", "an ASCII character")]
    [InlineData("é", "two bytes")]
    [InlineData("語", "three bytes")]
    [InlineData("😀", "four bytes")]
    [InlineData("\\n", "a short escape")]
    [InlineData("\\\"", "an escaped quote")]
    [InlineData("\\\\", "an escaped backslash")]
    [InlineData("\\u00e9", "a long escape")]
    public void Key_OfALongSystemMessage_DependsOnItsFirst2048Characters(string character, string why)
    {
        string Of(int count, string rest) => Key(Request(string.Concat(Enumerable.Repeat(character, count)) + rest), "c");

        Assert.True(Of(2048, "") == Of(2048, " and more"), why);
        Assert.True(Of(2048, "x") == Of(2048, "y"), why);
        Assert.True(Of(2047, "x") != Of(2047, "y"), why);
        Assert.True(Of(2047, "x and") == Of(2047, "x or"), why);
    }

    [Fact]
    public void Key_OfASystemMessageInParts_DependsOnThem()
    {
        static string Of(string text) => Key("{\"messages\":[{\"role\":\"system\",\"content\":[{\"type\":\"text\",\"text\":\"" + text + "\"}]}]}", "c");

        Assert.Equal(Of("a"), Of("a"));
        Assert.NotEqual(Of("a"), Of("b"));
    }

    [Theory]
    [InlineData("\"prompt_cache_key\":\"mine\",", "gpt-5.4-mini", null, "\"mine\"", "the caller's own")]
    [InlineData("", "gpt-5.4-mini", "2025-04-01-preview", null, "a dated path refuses it")]
    [InlineData("", "a-model-of-tomorrow", null, null, "nothing is known of the model")]
    [InlineData("", "gpt-35-turbo", null, null, "a family without a cache")]
    public void Key_WhereTheCallerHasOneOrTheUpstreamTakesNone_IsNotSet(string fields, string model, string? apiVersion, string? expected, string why)
    {
        var sent = JsonElement.Parse(Rewritten.Of(
            $"{{{fields}\"messages\":[{{\"role\":\"user\",\"content\":\"Hi\"}}]}}", new DeploymentOptions { Name = "dep", Model = model, ApiVersion = apiVersion }, new RewriteContext { Profile = CallerProfile.Voice }));

        Assert.True(expected == (sent.TryGetProperty("prompt_cache_key", out var key) ? key.GetRawText() : null), why);
    }

    [Fact]
    public void Key_Null_CountsAsNotSet()
    {
        var sent = Rewritten.Of("{\"prompt_cache_key\":null,\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}", new DeploymentOptions { Name = "dep", Model = "gpt-5.1" }, new RewriteContext { Profile = CallerProfile.Api });

        Assert.Single(JsonElement.Parse(sent).EnumerateObject(), property => property.Name == "prompt_cache_key");
        Assert.DoesNotContain("null", sent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CallerProfile.Voice)]
    [InlineData(CallerProfile.Api)]
    public void Key_OfEitherProfile_IsSet(CallerProfile profile) => Assert.Matches(Form(), Key(Request("S"), "c", profile: profile));

    private static string Request(string system, string more = "") =>
        $"{{\"model\":\"x\",\"messages\":[{{\"role\":\"system\",\"content\":\"{system}\"}},{{\"role\":\"user\",\"content\":\"Hi\"}}{more}],{Tools}}}";

    private static string Key(string json, string? conversation, string name = "dep", int shards = 16, CallerProfile profile = CallerProfile.Voice)
    {
        var options = new DeploymentOptions { Name = name, Model = "gpt-5.1", PromptCacheShards = shards };
        return JsonElement.Parse(Rewritten.Of(json, options, new RewriteContext { Profile = profile, ConversationId = conversation })).GetProperty("prompt_cache_key").GetString()!;
    }

    [GeneratedRegex("^[0-9a-f]{32}:([0-9]|1[0-5])$")]
    private static partial Regex Form();
}
