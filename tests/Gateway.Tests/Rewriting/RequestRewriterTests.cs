using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.Options;
using Gateway.Rewriting;

namespace Gateway.Tests.Rewriting;

public sealed partial class RequestRewriterTests
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
    public void Rewrite_DeploymentNameWithQuotes_IsEscaped() =>
        Assert.Equal("a\"b", JsonElement.Parse(Rewritten.Of($"{{{M}}}", new DeploymentOptions { Name = "a\"b" })).GetProperty("model").GetString());

    [Fact]
    public void Rewrite_ElevenLabsRequest_IsWhatAzureTakes()
    {
        var rewritten = Rewritten.Of(
            """
            {"messages":[{"role":"system","content":"S"},{"role":"user","content":"Hi"}],"model":"any","temperature":0.5,"max_tokens":5000,"stream":true,
            "user_id":"u","elevenlabs_extra_body":{"UUID":"1"},"tools":[{"type":"function","function":{"name":"end_call"}}]}
            """,
            new DeploymentOptions { Name = "dep", Model = "gpt-5.4-mini" },
            new RewriteContext { Profile = CallerProfile.Voice, MaxCompletionTokens = 1500, ConversationId = "conv_1" });

        Assert.Equal(
            """
            {"messages":[{"role":"system","content":"S"},{"role":"user","content":"Hi"}],"model":"dep","temperature":0.5,"max_completion_tokens":1500,"stream":true,"tools":[{"type":"function","function":{"name":"end_call"}}],"reasoning_effort":"none","prompt_cache_key":"KEY","stream_options":{"include_usage":true}}
            """,
            CacheKey().Replace(rewritten, "\"KEY\""));
    }

    [GeneratedRegex("(?<=\"prompt_cache_key\":)\"[0-9a-f]{32}:[0-9]{1,2}\"")]
    private static partial Regex CacheKey();

    // On a dated path, which has no prompt_cache_key, unless another is asked for.
    private static string Rewrite(string json, string model, CallerProfile profile = CallerProfile.Api, byte[]? endUserKey = null, string? apiVersion = "2024-10-21") =>
        Rewritten.Of(json, new DeploymentOptions { Name = "dep", Model = model, ApiVersion = apiVersion }, new RewriteContext { Profile = profile, EndUserKey = endUserKey });
}
