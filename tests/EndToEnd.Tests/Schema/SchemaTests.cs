using System.Text.Json.Nodes;
using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.Logs;
using EndToEnd.Tests.Turns;
using Shared;

namespace EndToEnd.Tests.Schema;

/// <summary>Everything that a caller gets is valid against OpenAI's own schema.</summary>
public sealed class SchemaTests(GatewayHost host)
{
    private const string Chunk = "CreateChatCompletionStreamResponse";
    private const string Completion = "CreateChatCompletionResponse";

    public static TheoryData<string> Answers =>
    [
        $$"""{"text":"{{Marker.Text}} grüßt 🙂 now"}""",
        $$"""{"text":"{{Marker.Text}}","preamble":false}""",
        $$"""{"deltas":["","{{Marker.Text}}","","\n\"\\ end"]}""",
        $$"""{"reasoning":"{{Marker.Text}} is on my mind","text":"{{Marker.Text}} it is"}""",
        $$"""{"refusal":"{{Marker.Text}} is not for me"}""",
        $$"""{"text":"{{Marker.Text}} first","tool_calls":[{"name":"end_call","arguments":{"reason":"{{Marker.Text}}" } }]}""",
        $$"""{"interleaved":true,"tool_calls":[{"name":"a","arguments":{"x":"{{Marker.Text}}"},"pieces":5},{"name":"b","arguments":{"y":[1,{}]},"pieces":2}]}""",
        $$"""{"text":"{{Marker.Text}} and so","finish_reason":"length"}""",
        $$"""{"text":"{{Marker.Text}} and so","fault":"content_filter","after":2}""",
        $$"""{"text":"{{Marker.Text}}","chunks":20,"async_filter":true}""",
        $$"""{"text":"{{Marker.Text}} to the end","fault":"no_done"}""",
        $$"""{"text":"{{Marker.Text}} to the end","fault":"no_finish"}""",
        $$"""{"text":"{{Marker.Text}} to the end","async_filter":true,"fault":"no_finish"}""",
        $$"""{"text":"{{Marker.Text}} in pieces","bytes_per_write":7}""",
        $$"""{"text":"{{Marker.Text}} in one","frames_per_write":50}""",
        $$"""{"text":"{{Marker.Text}} and waits","fault":"stall","stall_ms":200,"stall_fill":"deltas","stall_every_ms":50,"after":1}""",
    ];

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Stream_EachChunk_IsValid(string script)
    {
        host.NeedsEmulator();
        var schemas = await ChatSchemas.OpenAIAsync();
        foreach (var caller in Enum.GetValues<Caller>())
        {
            using var http = new GatewayHttp(host.BaseAddress, host.Key(caller));
            foreach (var includeUsage in (bool[])[false, true])
            {
                var answer = await http.PostAsync(Prompt.Body(Prompt.Script(script), includeUsage: includeUsage).ToJsonString(), TestContext.Current.CancellationToken);

                Assert.Equal((200, "text/event-stream"), (answer.Status, answer.ContentType));
                Assert.All(answer.Frames, frame => Assert.Empty(schemas.Validate(Chunk, frame)));
                Assert.Single(answer.FinishReasons);
                Assert.True(answer.IsDone);
                // A chunk without choices is the usage, which nobody gets who has not asked; Azure's preamble nobody gets.
                Assert.Equal(includeUsage ? 1 : 0, answer.Frames.Count(IsWithoutChoice));
            }
        }
    }

    [Theory]
    [InlineData(Caller.Voice)]
    [InlineData(Caller.Api)]
    public async Task Stream_UsageAskedFor_IsTheLastChunk(Caller caller)
    {
        host.NeedsEmulator();
        using var http = new GatewayHttp(host.BaseAddress, host.Key(caller));

        var answer = await http.PostAsync(Prompt.Body(Prompt.Script(Answers.First().Data), includeUsage: true).ToJsonString(), TestContext.Current.CancellationToken);

        Assert.True(IsWithoutChoice(answer.Frames[^1]));
        Assert.True(JsonNode.Parse(answer.Frames[^1])!["usage"]!["total_tokens"]!.GetValue<int>() > 0);
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Whole_Completion_IsValid(string script)
    {
        host.NeedsEmulator();
        var schemas = await ChatSchemas.OpenAIAsync();
        foreach (var caller in Enum.GetValues<Caller>())
        {
            using var http = new GatewayHttp(host.BaseAddress, host.Key(caller));

            var answer = await http.PostAsync(Prompt.Body(Prompt.Script(script), stream: false).ToJsonString(), TestContext.Current.CancellationToken);

            Assert.Equal((200, "application/json"), (answer.Status, answer.ContentType));
            Assert.Empty(schemas.Validate(Completion, answer.Body));
        }
    }

    [Theory]
    [InlineData("error", "upstream_error")]
    [InlineData("cut", "upstream_cut")]
    [InlineData("reset", "upstream_cut")]
    [InlineData("garbage", "upstream_invalid")]
    [InlineData("oversize", "upstream_invalid")]
    public async Task Stream_Broken_EndsWithAValidErrorAndWithoutDone(string fault, string code)
    {
        host.NeedsEmulator();
        var schemas = await ChatSchemas.OpenAIAsync();
        using var http = new GatewayHttp(host.BaseAddress, host.Key(Caller.Api));

        var answer = await http.TurnAsync(Prompt.Script($$"""{"text":"{{Marker.Text}} and so on","token_ms":200,"fault":"{{fault}}","after":2}"""), TestContext.Current.CancellationToken);

        Assert.Equal(200, answer.Status);
        Assert.All(answer.Frames.SkipLast(1), frame => Assert.Empty(schemas.Validate(Chunk, frame)));
        Assert.Empty(schemas.Validate("ErrorResponse", answer.Frames[^1]));
        Assert.Equal(code, answer.Error().Code);
        Assert.StartsWith(Marker.Text, answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("emulator.invalid", answer.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("error")]
    [InlineData("cut")]
    [InlineData("oversize")]
    public async Task Stream_BrokenForAVoiceCaller_IsValidToItsEnd(string fault)
    {
        host.NeedsEmulator();
        var schemas = await ChatSchemas.OpenAIAsync();
        using var http = new GatewayHttp(host.BaseAddress, host.Key(Caller.Voice));

        var answer = await http.TurnAsync(Prompt.Script($$"""{"text":"{{Marker.Text}} and so on","token_ms":200,"fault":"{{fault}}","after":2}"""), TestContext.Current.CancellationToken);

        Assert.EndsWith("data: [DONE]\n\n", answer.Body, StringComparison.Ordinal);
        Assert.All(answer.Frames, frame => Assert.Empty(schemas.Validate(Chunk, frame)));
    }

    [Theory]
    [InlineData("v1/chat/completions", "", 400, "invalid_json")]
    [InlineData("v1/chat/completions", "[]", 400, "invalid_json")]
    [InlineData("v1/chat/completions", "{}", 400, "missing_required_parameter")]
    [InlineData("v1/chat/completions", """{"messages":[]}""", 400, "invalid_value")]
    [InlineData("v1/chat/completions", """{"messages":[],"stream":"yes"}""", 400, null)]
    [InlineData("v1/chat/completions", """{"model":"no-such-model","messages":[{"role":"user","content":"Hi"}]}""", 404, "model_not_found")]
    [InlineData("v1/completions", "{}", 404, "unknown_route")]
    [InlineData("v1/models", "{}", 405, "method_not_allowed")]
    public async Task Error_OfTheRequest_IsValid(string path, string body, int status, string? code)
    {
        var schemas = await ChatSchemas.OpenAIAsync();
        using var http = new GatewayHttp(host.BaseAddress, host.Key(Caller.Api));

        AssertError(schemas, await http.PostAsync(path, body, TestContext.Current.CancellationToken), status, code);
    }

    [Theory]
    [InlineData("""{"status":400,"code":"content_filter"}""", 400, "content_filter")]
    [InlineData("""{"status":429}""", 429, "rate_limit_exceeded")]
    [InlineData("""{"status":500}""", 502, "upstream_error")]
    [InlineData("""{"status":408}""", 504, "upstream_timeout")]
    [InlineData("""{"fault":"preamble_only"}""", 502, "upstream_cut")]
    public async Task Error_OfTheUpstream_IsValid(string script, int status, string code)
    {
        host.NeedsEmulator();
        var schemas = await ChatSchemas.OpenAIAsync();
        using var http = new GatewayHttp(host.BaseAddress, host.Key(Caller.Api));

        AssertError(schemas, await http.TurnAsync(Prompt.Script(script), TestContext.Current.CancellationToken), status, code);
    }

    [Fact]
    public async Task Error_OfTheKey_IsValid()
    {
        var schemas = await ChatSchemas.OpenAIAsync();
        using var http = new GatewayHttp(host.BaseAddress, host.NewSecret("a wrong key"));

        AssertError(schemas, await http.TurnAsync("Hi", TestContext.Current.CancellationToken), 401, "invalid_api_key");
        AssertError(schemas, await http.GetAsync("v1/models", TestContext.Current.CancellationToken), 401, "invalid_api_key");
    }

    [Theory]
    [InlineData("v1/models")]
    [InlineData("models")]
    public async Task Models_ListAndOne_AreValid(string path)
    {
        var schemas = await ChatSchemas.OpenAIAsync();
        using var http = new GatewayHttp(host.BaseAddress, host.Key(Caller.Api));

        Assert.Empty(schemas.Validate("ListModelsResponse", (await http.GetAsync(path, TestContext.Current.CancellationToken)).Body));
        Assert.Empty(schemas.Validate("Model", (await http.GetAsync($"{path}/{host.Model}", TestContext.Current.CancellationToken)).Body));
        AssertError(schemas, await http.GetAsync($"{path}/no/such/model", TestContext.Current.CancellationToken), 404, "model_not_found");
    }

    /// <summary>The validator finds what is wrong: without this, a schema that was not understood would pass everything.</summary>
    [Theory]
    [InlineData(Chunk, """{"id":"","object":"","created":0,"model":"","choices":[]}""")]
    [InlineData(Chunk, """{"id":"a","object":"chat.completion.chunk","created":0,"model":"","choices":[{"index":0,"finish_reason":null}]}""")]
    [InlineData(Chunk, """{"id":"a","object":"chat.completion.chunk","created":0,"model":"","choices":[{"index":0,"delta":{},"finish_reason":"end"}]}""")]
    [InlineData(Completion, """{"id":"a","object":"chat.completion","created":0,"model":"m"}""")]
    [InlineData("ErrorResponse", """{"error":{"message":"m","code":"c"}}""")]
    public async Task Validate_WhatIsNotValid_SaysSo(string schema, string json) => Assert.NotEmpty((await ChatSchemas.OpenAIAsync()).Validate(schema, json));

    private static bool IsWithoutChoice(string frame) => JsonNode.Parse(frame)!["choices"]!.AsArray().Count == 0;

    private static void AssertError(ChatSchemas schemas, Answer answer, int status, string? code)
    {
        Assert.Equal((status, "application/json"), (answer.Status, answer.ContentType));
        Assert.Empty(schemas.Validate("ErrorResponse", answer.Body));
        if (code is not null) Assert.Equal(code, answer.Error().Code);
    }
}
