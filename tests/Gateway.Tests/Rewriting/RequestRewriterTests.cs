using System.Buffers;
using System.Text;
using Gateway.Options;
using Gateway.Requests;
using Gateway.Rewriting;
using Gateway.Routing;

namespace Gateway.Tests.Rewriting;

public sealed class RequestRewriterTests
{
    private const string M = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";
    private const string Legacy = "gpt-4o";

    [Fact]
    public void Rewrite_NothingToChange_KeepsEveryByte()
    {
        const string Json = " { \"model\" : \"dep\" ,\n \"new_parameter\":\t[1, 2.50, {\"a\":\"\\u00e9\"}], " + M + " ,\"temperature\":0.70 ,\"max_tokens\":9\r\n} ";

        Assert.Equal(Json.Replace("\"model\" : \"dep\"", "\"model\":\"dep\"", StringComparison.Ordinal), Rewrite(Json, Legacy));
    }

    [Theory]
    [InlineData("{" + M + ",\"elevenlabs_extra_body\":{\"a\":[1]}}", "{" + M + ",\"model\":\"dep\"}", "the last one")]
    [InlineData("{\"elevenlabs_extra_body\":{}, " + M + "}", "{" + M + ",\"model\":\"dep\"}", "the first one")]
    [InlineData("{\"model\":\"x\",\"elevenlabs_extra_body\":null," + M + "}", "{\"model\":\"dep\"," + M + "}", "one in the middle")]
    [InlineData("{ \"elevenlabs_extra_body\":{} , \"max_tokens\":-1 ,\"max_completion_tokens\":0, " + M + " }", "{" + M + ",\"model\":\"dep\" }", "several at the beginning")]
    [InlineData("{" + M + ",\"elevenlabs_extra_body\":{},\"max_tokens\":-1,\"user\":null}", "{" + M + ",\"model\":\"dep\"}", "several at the end")]
    public void Rewrite_DroppedFields_LeaveNoComma(string json, string expected, string why) => Assert.True(expected == Rewrite(json, Legacy), $"{why}: {Rewrite(json, Legacy)}");

    [Theory]
    [InlineData("\"max_tokens\":100", Legacy, "\"max_tokens\":100")]
    [InlineData("\"max_tokens\":100", "gpt-5.4-mini", "\"max_completion_tokens\":100")]
    [InlineData("\"max_tokens\":100", "o3-mini", "\"max_completion_tokens\":100")]
    [InlineData("\"max_tokens\":0", "gpt-5.4-mini", "")]
    [InlineData("\"max_tokens\":-1", "gpt-5.4-mini", "")]
    [InlineData("\"max_tokens\":-1e9", "gpt-5.4-mini", "")]
    [InlineData("\"max_tokens\":100,\"max_completion_tokens\":50", "gpt-5.4-mini", "\"max_completion_tokens\":50")]
    [InlineData("\"max_tokens\":100,\"max_completion_tokens\":-1", "gpt-5.4-mini", "\"max_completion_tokens\":100")]
    [InlineData("\"temperature\":0,\"top_p\":1,\"presence_penalty\":0,\"frequency_penalty\":0,\"logprobs\":true,\"top_logprobs\":2,\"logit_bias\":{},\"seed\":7", "gpt-5.4-mini", "\"seed\":7")]
    [InlineData("\"temperature\":0,\"top_p\":1", Legacy, "\"temperature\":0,\"top_p\":1")]
    [InlineData("\"temperature\":0,\"top_p\":1", "a-model-of-tomorrow", "\"temperature\":0,\"top_p\":1")]
    [InlineData("\"temperature\":0.5", "gpt-5-chat", "\"temperature\":0.5")]
    public void Rewrite_ModelFamily_GetsWhatItTakes(string fields, string model, string expected)
    {
        var rewritten = Rewrite($"{{\"model\":\"x\",{fields}{(fields.Length > 0 ? "," : "")}{M}}}", model, CallerProfile.Api);

        Assert.Equal($"{{\"model\":\"dep\",{expected}{(expected.Length > 0 ? "," : "")}{M}}}", rewritten);
    }

    [Theory]
    [InlineData("gpt-5-mini", CallerProfile.Voice, "", ",\"reasoning_effort\":\"minimal\"")]
    [InlineData("gpt-5.1", CallerProfile.Voice, "", ",\"reasoning_effort\":\"none\"")]
    [InlineData("gpt-5.4-mini", CallerProfile.Voice, "", ",\"reasoning_effort\":\"none\"")]
    [InlineData("o4-mini", CallerProfile.Voice, "", ",\"reasoning_effort\":\"low\"")]
    [InlineData("gpt-5-chat", CallerProfile.Voice, "", "")]
    [InlineData(Legacy, CallerProfile.Voice, "", "")]
    [InlineData("gpt-5.1", CallerProfile.Api, "", "")]
    [InlineData("gpt-5.4-mini", CallerProfile.Api, ",\"tools\":[{}]", ",\"reasoning_effort\":\"none\"")]
    [InlineData("gpt-5.4-mini", CallerProfile.Api, ",\"tools\":[]", "")]
    [InlineData("gpt-5.1", CallerProfile.Voice, ",\"reasoning_effort\":\"high\"", "")]
    [InlineData("gpt-5.3", CallerProfile.Voice, "", ",\"reasoning_effort\":\"none\"")]
    [InlineData("gpt-5.7-mini", CallerProfile.Voice, "", ",\"reasoning_effort\":\"none\"")]
    [InlineData("gpt-5.4-mini", CallerProfile.Api, ",\"tools\":[{}],\"reasoning_effort\":\"low\"", "")]
    public void Rewrite_Effort_IsTheLowestForVoiceUnlessTheCallerChose(string model, CallerProfile profile, string fields, string added) =>
        Assert.Equal($"{{\"model\":\"dep\",{M}{fields}{added}}}", Rewrite($"{{\"model\":\"x\",{M}{fields}}}", model, profile));

    [Fact]
    public void Rewrite_EffortBesideToolsOfAVoiceCaller_GivesWayWhereBothAreRefused() => Assert.Equal(
        $"{{\"model\":\"dep\",{M},\"tools\":[{{}}],\"reasoning_effort\":\"none\"}}",
        Rewrite($"{{\"model\":\"x\",\"reasoning_effort\":\"low\",{M},\"tools\":[{{}}]}}", "gpt-5.4-mini", CallerProfile.Voice));

    [Theory]
    [InlineData("gpt-4.1")]
    [InlineData("gpt-5-chat")]
    public void Rewrite_EffortForAModelThatDoesNotReason_IsDropped(string model) =>
        Assert.Equal($"{{\"model\":\"dep\",{M}}}", Rewrite($"{{\"model\":\"x\",\"reasoning_effort\":\"low\",{M}}}", model));

    [Fact]
    public void Rewrite_NullEffort_CountsAsNone() =>
        Assert.Equal($"{{\"model\":\"dep\",{M},\"reasoning_effort\":\"none\"}}", Rewrite($"{{\"model\":\"x\",\"reasoning_effort\":null,{M}}}", "gpt-5.1", CallerProfile.Voice));

    [Theory]
    [InlineData("\"stream\":true", "\"stream\":true", ",\"stream_options\":{\"include_usage\":true}")]
    [InlineData("\"stream\":true,\"stream_options\":null", "\"stream\":true,\"stream_options\":{\"include_usage\":true}", "")]
    [InlineData("\"stream\":true,\"stream_options\":{}", "\"stream\":true,\"stream_options\":{\"include_usage\":true}", "")]
    [InlineData("\"stream\":true,\"stream_options\":{\"include_usage\":false,\"include_obfuscation\": 1.0}", "\"stream\":true,\"stream_options\":{\"include_usage\":true,\"include_obfuscation\": 1.0}", "")]
    [InlineData("\"stream\":true,\"stream_options\": {\"include_usage\": true, \"x\":1}", "\"stream\":true,\"stream_options\": {\"include_usage\": true, \"x\":1}", "")]
    [InlineData("\"stream\":true,\"stream_options\": { }", "\"stream\":true,\"stream_options\":{\"include_usage\":true }", "")]
    [InlineData("\"stream\":true,\"stream_options\":{\"x\\ud800\":1}", "\"stream\":true,\"stream_options\":{\"include_usage\":true,\"x\\ud800\":1}", "")]
    [InlineData("\"stream\":true,\"stream_options\":{ \"x\": 1 , \"include_usage\" : null }", "\"stream\":true,\"stream_options\":{ \"x\": 1 , \"include_usage\" : true }", "")]
    [InlineData("\"stream\":false", "\"stream\":false", "")]
    [InlineData("\"stream\":false,\"stream_options\":{\"include_usage\":false}", "\"stream\":false,\"stream_options\":{\"include_usage\":false}", "")]
    public void Rewrite_Stream_AsksForUsage(string fields, string expected, string added) =>
        Assert.Equal($"{{\"model\":\"dep\",{expected},{M}{added}}}", Rewrite($"{{\"model\":\"x\",{fields},{M}}}", Legacy));

    [Theory]
    [InlineData("gpt-5.4-mini", null, "safety_identifier")]
    [InlineData("gpt-5.4-mini", "2024-10-21", "user")]
    [InlineData(Legacy, null, "user")]
    public void Rewrite_UserId_GoesOnAsAnHmacUnderTheFieldOfTheFamily(string model, string? apiVersion, string field)
    {
        var rewritten = Rewrite($"{{\"user_id\":\"+1 555 0100\",{M}}}", model, CallerProfile.Api, "a key"u8.ToArray(), apiVersion);

        Assert.StartsWith($"{{\"{field}\":\"", rewritten, StringComparison.Ordinal);
        var id = rewritten.Split('"')[3];
        Assert.Equal(64, id.Length);
        Assert.All(id, c => Assert.True(char.IsAsciiHexDigitLower(c)));
        Assert.Equal(rewritten, Rewrite($"{{\"user_id\":\"+1 555 0100\",{M}}}", model, CallerProfile.Api, "a key"u8.ToArray(), apiVersion));
        Assert.DoesNotContain(id, Rewrite($"{{\"user_id\":\"+1 555 0100\",{M}}}", model, CallerProfile.Api, "another key"u8.ToArray(), apiVersion), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"user_id\":\"u\"", "", "without a key it could be looked up")]
    [InlineData("\"user_id\":null", "a key", "there is none")]
    [InlineData("\"user_id\":\"\"", "a key", "it would be one for many people")]
    public void Rewrite_UserIdThatCannotBeHidden_IsDropped(string field, string key, string why) =>
        Assert.True($"{{{M},\"model\":\"dep\"}}" == Rewrite($"{{{field},{M}}}", Legacy, CallerProfile.Api, Encoding.UTF8.GetBytes(key)), why);

    [Fact]
    public void Rewrite_UserIdBesideTheCallersOwnUser_IsDropped() =>
        Assert.Equal($"{{\"user\":\"mine\",{M},\"model\":\"dep\"}}", Rewrite($"{{\"user_id\":\"u\",\"user\":\"mine\",{M}}}", Legacy, CallerProfile.Api, "a key"u8.ToArray()));

    [Fact]
    public void Rewrite_DeploymentNameWithQuotes_IsEscaped()
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.Null(ChatRequestReader.TryRead(Encoding.UTF8.GetBytes($"{{{M}}}"), out var request));

        RequestRewriter.Rewrite(request, new Deployment(new DeploymentOptions { Name = "a\"b" }, null!, TimeProvider.System), CallerProfile.Api, default, output);

        Assert.Equal("a\"b", System.Text.Json.JsonElement.Parse(output.WrittenSpan).GetProperty("model").GetString());
    }

    [Fact]
    public void Rewrite_ElevenLabsRequest_IsWhatAzureTakes()
    {
        var rewritten = Rewrite(
            """
            {"messages":[{"role":"system","content":"S"},{"role":"user","content":"Hi"}],"model":"any","temperature":0.5,"max_tokens":5000,"stream":true,
            "user_id":"u","elevenlabs_extra_body":{"UUID":"1"},"tools":[{"type":"function","function":{"name":"end_call"}}]}
            """,
            "gpt-5.4-mini",
            CallerProfile.Voice);

        Assert.Equal(
            """
            {"messages":[{"role":"system","content":"S"},{"role":"user","content":"Hi"}],"model":"dep","max_completion_tokens":5000,"stream":true,"tools":[{"type":"function","function":{"name":"end_call"}}],"reasoning_effort":"none","stream_options":{"include_usage":true}}
            """,
            rewritten);
    }

    private static string Rewrite(string json, string model, CallerProfile profile = CallerProfile.Api, byte[]? endUserKey = null, string? apiVersion = null)
    {
        Assert.Null(ChatRequestReader.TryRead(Encoding.UTF8.GetBytes(json), out var request));
        var deployment = new Deployment(new DeploymentOptions { Name = "dep", Model = model, ApiVersion = apiVersion }, null!, TimeProvider.System);
        var output = new ArrayBufferWriter<byte>();
        RequestRewriter.Rewrite(request, deployment, profile, endUserKey, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
