using System.Net;
using System.Text.Json;

namespace Gateway.Tests.Emulator;

public sealed class ParameterTests : EmulatorTest
{
    private const string Dated = "/openai/deployments/demo/chat/completions?api-version=2024-10-21";
    private const string Tool = """ "tools":[{"type":"function","function":{"name":"lookup"}}] """;

    [Theory]
    [InlineData("\"user_id\":\"x\"", "Unrecognized request argument supplied: user_id")]
    [InlineData("\"elevenlabs_extra_body\":{}", "Unrecognized request argument supplied: elevenlabs_extra_body")]
    [InlineData("\"user_id\":\"x\",\"foo\":1", "Unrecognized request arguments supplied: user_id, foo")]
    public async Task Unknown_OnAnyPath_IsRefusedByName(string more, string message)
    {
        foreach (var path in (string[])[V1, Dated])
        {
            var error = await RefusedAsync(Ask("Hi", more), path);

            Assert.Equal(message, error.GetProperty("message").GetString());
            Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
            Assert.Equal(JsonValueKind.Null, error.GetProperty("code").ValueKind);
            Assert.Equal(JsonValueKind.Null, error.GetProperty("param").ValueKind);
        }
    }

    [Theory]
    [InlineData("safety_identifier", "\"x\"")]
    [InlineData("prompt_cache_key", "\"x\"")]
    [InlineData("prompt_cache_retention", "\"24h\"")]
    [InlineData("service_tier", "\"auto\"")]
    [InlineData("verbosity", "\"low\"")]
    [InlineData("reasoning_effort", "\"low\"")]
    public async Task Newer_OnDatedPath_IsUnknownThere(string name, string value)
    {
        var body = Ask("Hi", $"\"{name}\":{value}");

        Assert.Equal($"Unrecognized request argument supplied: {name}", (await RefusedAsync(body, Dated)).GetProperty("message").GetString());
        await BodyAsync(body);
    }

    [Fact]
    public async Task ReasoningEffort_OnNewerDatedPath_IsKnown() =>
        await BodyAsync(Ask("Hi", "\"reasoning_effort\":\"low\""), path: "/openai/deployments/demo/chat/completions?api-version=2025-03-01-preview");

    [Fact]
    public async Task All_KnownParameters_AreAccepted() => await BodyAsync(Ask("Hi", """
        "metadata":{},"temperature":0.5,"top_p":1,"user":"u","top_logprobs":1,"modalities":["text"],"max_completion_tokens":100,"frequency_penalty":0,
        "presence_penalty":0,"response_format":{"type":"text"},"audio":null,"store":false,"stream":true,"stop":["x"],"logit_bias":{},"logprobs":true,
        "n":1,"prediction":null,"seed":1,"stream_options":{"include_usage":true},"tools":[{"type":"function","function":{"name":"a"}}],"tool_choice":"auto",
        "parallel_tool_calls":true,"function_call":null,"functions":null,"data_sources":null,"user_security_context":{},"prompt_cache_options":{}
        """));

    [Theory]
    [InlineData("[]", null)]
    [InlineData("{", null)]
    [InlineData("", null)]
    [InlineData("""{"messages":[{"role":"user","content":"a"}]}""", "model")]
    [InlineData("""{"model":"demo"}""", "messages")]
    [InlineData("""{"model":"demo","messages":null}""", "messages")]
    [InlineData("""{"model":"demo","messages":"a"}""", "messages")]
    [InlineData("""{"model":"demo","messages":[]}""", "messages")]
    [InlineData("""{"model":"demo","messages":["a"]}""", "messages[0].role")]
    [InlineData("""{"model":"demo","messages":[{"content":"a"}]}""", "messages[0].role")]
    public async Task Body_Malformed_IsRefused(string body, string? param)
    {
        using var response = await PostAsync(body);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var error = Parse(await response.Content.ReadAsStringAsync(Ct)).GetProperty("error");

        Assert.Equal(param, error.GetProperty("param").GetString());
    }

    [Theory]
    [InlineData("\"max_tokens\":-1", "max_tokens", "integer_below_min_value")]
    [InlineData("\"max_completion_tokens\":0", "max_completion_tokens", "integer_below_min_value")]
    [InlineData("\"tools\":[]", "tools", "empty_array")]
    [InlineData("\"tools\":[{}]", "tools[0].function", "missing_required_parameter")]
    [InlineData("\"tool_choice\":\"auto\"", "tool_choice", null)]
    [InlineData("\"parallel_tool_calls\":true", "parallel_tool_calls", null)]
    [InlineData("\"stream_options\":{\"include_usage\":true}", "stream_options", null)]
    [InlineData(Tool + ",\"tool_choice\":{\"type\":\"function\"}", "tool_choice.function", "missing_required_parameter")]
    public async Task Value_OutOfPlace_IsRefused(string more, string param, string? code)
    {
        var error = await RefusedAsync(Ask("Hi", more));

        Assert.Equal(param, error.GetProperty("param").GetString());
        Assert.Equal(code, error.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Tools_Over128_AreRefused() =>
        Assert.Equal("array_above_max_length", (await RefusedAsync(Ask("Hi", $"\"tools\":[{string.Join(',', Enumerable.Repeat("""{"type":"function","function":{"name":"a"}}""", 129))}]"))).GetProperty("code").GetString());

    [Theory]
    [InlineData("gpt-5.4-mini", "\"max_tokens\":100", "unsupported_parameter", "max_completion_tokens")]
    [InlineData("o3-mini", "\"max_tokens\":100", "unsupported_parameter", "max_completion_tokens")]
    [InlineData("gpt-5.5", "\"temperature\":0", "unsupported_value", "Only the default (1) value is supported")]
    [InlineData("gpt-5.4-mini", "\"temperature\":0,\"reasoning_effort\":\"low\"", "unsupported_value", "Only the default (1) value is supported")]
    [InlineData("gpt-5.1-chat", "\"temperature\":0", "unsupported_value", "Only the default (1) value is supported")]
    [InlineData("gpt-5", "\"top_p\":0.5", "unsupported_parameter", "top_p")]
    [InlineData("gpt-5", "\"presence_penalty\":1", "unsupported_parameter", "presence_penalty")]
    [InlineData("gpt-5", "\"frequency_penalty\":1", "unsupported_parameter", "frequency_penalty")]
    [InlineData("gpt-5", "\"logprobs\":true", "unsupported_parameter", "logprobs")]
    [InlineData("gpt-5", "\"logit_bias\":{\"1\":1}", "unsupported_parameter", "logit_bias")]
    [InlineData("gpt-5.4-mini", "\"logit_bias\":{\"1\":1}", "unsupported_parameter", "logit_bias")]
    [InlineData("o4-mini", Tool + ",\"parallel_tool_calls\":false", "unsupported_parameter", "parallel_tool_calls")]
    [InlineData("gpt-5", "\"reasoning_effort\":\"none\"", "unsupported_value", "minimal")]
    [InlineData("gpt-5.1", "\"reasoning_effort\":\"minimal\"", "unsupported_value", "none")]
    [InlineData("o4-mini", "\"reasoning_effort\":\"none\"", "unsupported_value", "low")]
    [InlineData("gpt-5.4-mini", Tool, null, "set reasoning_effort to 'none'")]
    [InlineData("gpt-5.4-mini", Tool + ",\"reasoning_effort\":\"low\"", null, "set reasoning_effort to 'none'")]
    [InlineData("gpt-5.6", Tool, null, "set reasoning_effort to 'none'")]
    [InlineData("gpt-5.4", Tool + ",\"reasoning_effort\":\"low\"", null, "Please use /v1/responses instead.")]
    [InlineData("gpt-5.1-chat", "\"reasoning_effort\":\"low\"", "unsupported_value", "'medium'")]
    [InlineData("gpt-6.1-sol", "\"reasoning_effort\":\"none\"", "unsupported_value", "'low'")]
    [InlineData("gpt-6.1-sol", Tool, null, "set reasoning_effort to 'none'")]
    [InlineData("gpt-5-chat", "\"reasoning_effort\":\"low\"", null, "Unrecognized request argument supplied: reasoning_effort")]
    [InlineData("gpt-4.1", "\"reasoning_effort\":\"low\"", null, "Unrecognized request argument supplied: reasoning_effort")]
    public async Task Family_ThatRefusesIt_SaysWhy(string model, string more, string? code, string says)
    {
        var error = await RefusedAsync(Ask("Hi", more).Replace("demo", model, StringComparison.Ordinal));

        Assert.Equal(code, error.GetProperty("code").GetString());
        Assert.Contains(says, error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gpt-5.4-mini", "\"max_completion_tokens\":100,\"temperature\":1,\"reasoning_effort\":\"none\"," + Tool)]
    [InlineData("gpt-5.4-mini", "\"max_tokens\":null,\"temperature\":null,\"top_p\":null")]
    [InlineData("gpt-5.4-mini", "\"temperature\":0,\"top_p\":0.5,\"presence_penalty\":1,\"logprobs\":true")]
    [InlineData("gpt-5.6", "\"temperature\":0,\"reasoning_effort\":\"none\"," + Tool)]
    [InlineData("gpt-5.4", Tool)]
    [InlineData("gpt-5-chat", "\"temperature\":0")]
    [InlineData("gpt-5.1", Tool)]
    [InlineData("gpt-5", "\"reasoning_effort\":\"minimal\"")]
    [InlineData("gpt-4.1", "\"max_tokens\":100,\"temperature\":0,\"top_p\":0.5")]
    [InlineData("omni", "\"max_tokens\":100")]
    public async Task Family_ThatTakesIt_Answers(string model, string more) =>
        await BodyAsync(Ask("Hi", more).Replace("demo", model, StringComparison.Ordinal));

    [Fact]
    public async Task Reasoning_WithSystemAndDeveloper_IsRefused() => await RefusedAsync(
        """{"model":"gpt-5","messages":[{"role":"system","content":"a"},{"role":"developer","content":"b"},{"role":"user","content":"c"}]}""");

    private async Task<JsonElement> RefusedAsync(string body, string path = V1) => Parse(await BodyAsync(body, HttpStatusCode.BadRequest, path)).GetProperty("error");
}
