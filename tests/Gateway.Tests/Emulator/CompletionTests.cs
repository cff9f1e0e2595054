using System.Net;
using System.Text.Json;

namespace Gateway.Tests.Emulator;

public sealed class CompletionTests : EmulatorTest
{
    [Fact]
    public async Task Completion_Plain_IsWhole()
    {
        var body = Parse(await BodyAsync(Scripted("""{"text":"Hello there.","reasoning":"hm"}""", more: "")));

        Assert.Equal("chat.completion", body.GetProperty("object").GetString());
        var choice = body.GetProperty("choices")[0];
        Assert.Equal("Hello there.", choice.GetProperty("message").GetProperty("content").GetString());
        Assert.Equal("hm", choice.GetProperty("message").GetProperty("reasoning_content").GetString());
        Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
        Assert.Equal("safe", choice.GetProperty("content_filter_results").GetProperty("hate").GetProperty("severity").GetString());
        Assert.False(body.GetProperty("prompt_filter_results")[0].GetProperty("content_filter_results").GetProperty("jailbreak").GetProperty("detected").GetBoolean());
        Assert.Equal(3, body.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [Fact]
    public async Task Completion_WithToolCalls_HasThemAndNoContent()
    {
        var body = Parse(await BodyAsync(Scripted("""{"tool_calls":[{"name":"a","arguments":{"x":1}},{"name":"b","id":"call_b"}]}""", more: "")));

        var message = body.GetProperty("choices")[0].GetProperty("message");
        Assert.Equal(JsonValueKind.Null, message.GetProperty("content").ValueKind);
        Assert.Equal("""{"x":1}""", message.GetProperty("tool_calls")[0].GetProperty("function").GetProperty("arguments").GetString());
        Assert.Equal("call_b", message.GetProperty("tool_calls")[1].GetProperty("id").GetString());
        Assert.Equal("tool_calls", body.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
    }

    [Fact]
    public async Task Completion_WithLogProbs_HasAllTokens()
    {
        var body = Parse(await BodyAsync(Scripted("""{"text":"a b"}""", "\"logprobs\":true")));

        Assert.Equal([" b"], body.GetProperty("choices")[0].GetProperty("logprobs").GetProperty("content").EnumerateArray().Skip(1).Select(token => token.GetProperty("token").GetString()));
    }

    [Fact]
    public async Task Completion_ContentFilter_SaysSo() =>
        Assert.Equal("content_filter", Parse(await BodyAsync(Scripted("""{"text":"a","fault":"content_filter"}""", more: ""))).GetProperty("choices")[0].GetProperty("finish_reason").GetString());

    [Theory]
    [InlineData("cut")]
    [InlineData("garbage")]
    public async Task Completion_CutOrGarbage_IsNoJson(string fault)
    {
        var body = await BodyAsync(Scripted($$"""{"text":"a","fault":"{{fault}}"}""", more: ""), HttpStatusCode.OK);

        Assert.StartsWith("{\"id\":", body, StringComparison.Ordinal);
        Assert.ThrowsAny<JsonException>(() => Parse(body));
    }

    [Theory]
    [InlineData("""{"text":"a","fault":"reset"}""")]
    [InlineData("""{"text":"a","fault":"reset","after":0}""")]
    [InlineData("""{"text":"a","fault":"cut_reset"}""")]
    public async Task Completion_Reset_Fails(string script) =>
        await Assert.ThrowsAsync<HttpRequestException>(() => BodyAsync(Scripted(script, more: "")));
}
