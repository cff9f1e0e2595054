using System.Text.Json;
using Gateway.Options;
using Gateway.Requests;
using Gateway.Rewriting;
using Gateway.Tests.Rewriting;
using Gateway.Upstream;

namespace Gateway.Tests.Agents;

/// <summary>What becomes of a request that goes to an agent.</summary>
public sealed class AgentRequestTests
{
    private static readonly DeploymentOptions Agent = new() { Name = "gpt-5.4-mini", Kind = DeploymentKind.Agent };
    private static readonly AgentContext Context = new("req_1", "conv_1", "abc");

    [Theory]
    // A name that a model's family begins with changes nothing: what is behind an agent is not known.
    [InlineData("\"temperature\":0.5,\"top_p\":0.2")]
    [InlineData("\"max_tokens\":5000")]
    [InlineData("\"max_completion_tokens\":7")]
    [InlineData("\"reasoning_effort\":\"high\"")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}],\"tool_choice\":\"auto\"")]
    [InlineData("\"elevenlabs_extra_body\":{ \"a\" : [1,2], \"conversation_id\":7}")]
    [InlineData("\"elevenlabs_extra_body\":null")]
    [InlineData("\"of_tomorrow\":{\"a\":1}")]
    public void Field_OfTheCallers_GoesOnAsItIs(string fields) =>
        Assert.Equal($$$"""{{{{fields}}},"messages":[{"role":"user","content":"Hi"}],"model":"gpt-5.4-mini","metadata":{"conversation_id":"conv_1","user":"abc","request_id":"req_1"}}""", Rewrite(fields));

    [Theory]
    [InlineData("\"max_tokens\":-1")]
    [InlineData("\"user_id\":\"ann\"")]
    [InlineData("\"metadata\":null")]
    public void Field_ThatSaysNothingOrTooMuch_IsDropped(string field) =>
        Assert.Equal("""{"messages":[{"role":"user","content":"Hi"}],"model":"gpt-5.4-mini","metadata":{"conversation_id":"conv_1","user":"abc","request_id":"req_1"}}""", Rewrite(field));

    [Theory]
    [InlineData("""{"gateway":{"buffer_words":false}}""", "{}")]
    [InlineData("""{ "gateway" : 7 }""", "{ }")]
    [InlineData("""{"gateway":1, "a":2}""", """{"a":2}""")]
    [InlineData("""{"end_user":"ey.ey.x", "a":{"end_user":1}}""", """{"a":{"end_user":1}}""")]
    [InlineData("""{"a":2 , "gateway":{"language":"de"}}""", """{"a":2}""")]
    [InlineData("""{"a":2,"gateway":[{}],"b":{"gateway":3}}""", """{"a":2,"b":{"gateway":3}}""")]
    [InlineData("""{"gateway":1,"gatewa\u0079":2,"a":3,"gateway":4,"b":5,"gateway":6}""", """{"a":3,"b":5}""")]
    public void ExtraBody_OfTheCallers_GoesOnWithoutWhatIsForThisEndpoint(string theirs, string expected) =>
        Assert.Equal(expected, JsonElement.Parse(Rewrite($"\"elevenlabs_extra_body\":{theirs}")).GetProperty("elevenlabs_extra_body").GetRawText());

    [Fact]
    public void UserId_UnderAKey_IsAPseudonym()
    {
        var body = JsonElement.Parse(Rewrite("\"user_id\":\"ann\"", key: "a key"));

        Assert.Equal(Pseudonym.Of("ann", "a key"u8), body.GetProperty("user").GetString());
        Assert.False(body.TryGetProperty("user_id", out _));
    }

    [Fact]
    public void StreamOptions_OfAStream_AskForUsage() => Assert.Contains("\"stream_options\":{\"include_usage\":true}", Rewrite("\"stream\":true"), StringComparison.Ordinal);

    [Theory]
    [InlineData("{}", """{"conversation_id":"conv_1","user":"abc","request_id":"req_1"}""")]
    [InlineData("{ \n}", """{"conversation_id":"conv_1","user":"abc","request_id":"req_1"}""")]
    [InlineData("""{ "plan" : "gold" }""", """{ "plan" : "gold","conversation_id":"conv_1","user":"abc","request_id":"req_1"}""")]
    // The caller's own go before, however the name is written.
    [InlineData("""{"conversation_id":"mine"}""", """{"conversation_id":"mine","user":"abc","request_id":"req_1"}""")]
    [InlineData("""{"\u0075ser":"mine","nested":{"a":["b"]}}""", """{"\u0075ser":"mine","nested":{"a":["b"]},"conversation_id":"conv_1","request_id":"req_1"}""")]
    // No object: not ours to put right.
    [InlineData("\"a\"", "\"a\"")]
    [InlineData("[]", "[]")]
    [InlineData("7", "7")]
    [InlineData("""{"\ud800":"half a pair"}""", """{"\ud800":"half a pair"}""")]
    public void Metadata_OfTheCallers_IsAddedTo(string theirs, string expected) =>
        Assert.Equal($$$"""{"metadata":{{{expected}}},"messages":[{"role":"user","content":"Hi"}],"model":"gpt-5.4-mini"}""", Rewrite($"\"metadata\":{theirs}"));

    [Theory]
    [InlineData(16, "")]
    [InlineData(40, "")]
    [InlineData(15, "conversation_id")]
    [InlineData(14, "conversation_id user")]
    [InlineData(13, "conversation_id user request_id")]
    public void Metadata_WithLittleRoom_GetsTheFirstOfOurs(int count, string ours)
    {
        var theirs = string.Join(',', Enumerable.Range(0, count).Select(static i => $"\"k{i}\":\"v\""));

        var metadata = JsonElement.Parse(Rewrite($"\"metadata\":{{{theirs}}}")).GetProperty("metadata");

        Assert.Equal(ours, string.Join(' ', metadata.EnumerateObject().Skip(count).Select(static pair => pair.Name)));
    }

    [Fact]
    public void Metadata_WithoutConversationAndEndUser_HasTheTurn() =>
        Assert.Equal("""{"request_id":"req_1"}""", JsonElement.Parse(Rewrite("\"n\":1", context: new("req_1", null, null))).GetProperty("metadata").GetRawText());

    [Fact]
    public void Metadata_ThatIsOnlyTakenBesideAnother_IsLeftOutFromThenOn()
    {
        var (agent, request, drops) = (Rewritten.Deployment(Agent), Rewritten.Read("""{"messages":[{"role":"user","content":"Hi"}]}"""), default(TurnDrops));
        var sent = Rewritten.Of(request, agent, Of(Context)).Sent;
        var refusal = UpstreamError.Parse("""{"error":{"message":"The 'metadata' parameter is only allowed when 'store' is enabled.","type":"invalid_request_error","param":"metadata","code":null}}"""u8);

        Assert.True(agent.Learned.TryLearn(refusal, request, sent, ref drops));

        Assert.DoesNotContain("metadata", Rewritten.Of(request, agent, Of(Context)).Body, StringComparison.Ordinal);
    }

    [Fact]
    public void Metadata_OfACallerOfAModel_PassesUntouched() =>
        Assert.Contains("\"metadata\":null", Rewritten.Of("""{"metadata":null,"messages":[{"role":"user","content":"Hi"}]}""", new() { Name = "gpt-5.4-mini" }), StringComparison.Ordinal);

    private static string Rewrite(string fields, AgentContext? context = null, string key = "") => Rewritten.Of(
        $$$"""{{{{fields}}},"messages":[{"role":"user","content":"Hi"}]}""", Agent, Of(context ?? Context) with { EndUserKey = System.Text.Encoding.UTF8.GetBytes(key) });

    private static RewriteContext Of(AgentContext context) => new() { Profile = CallerProfile.Voice, MaxCompletionTokens = 1500, ConversationId = context.ConversationId, Agent = context };
}
