using System.Net;
using System.Text.Json.Nodes;
using Shared;

namespace Gateway.Tests.Emulator;

/// <summary>
/// Every answer is valid by the vendors' schemas, but for what Azure's own does not say: its first chunk and the asynchronous filter's have an
/// empty <c>object</c> and no <c>delta</c>, and its errors have nulls. Faults that are not meant to be valid are not asked.
/// </summary>
public sealed class SchemaTests : EmulatorTest
{
    private const string Everything = """ "stream":true,"stream_options":{"include_usage":true},"logprobs":true,"top_logprobs":1 """;

    public static TheoryData<string> Scripts =>
    [
        """{"text":"Hello there."}""",
        """{"text":"Hello","reasoning":"Let me think.","async_filter":true}""",
        """{"chunks":20,"async_filter":true}""",
        """{"refusal":"I cannot."}""",
        """{"tool_calls":[{"name":"a","arguments":{"x":1}},{"name":"b"}],"interleaved":true}""",
        """{"text":"a b","fault":"content_filter","after":1}""",
        """{"text":"a","finish_reason":"length"}""",
        """{"deltas":["ä","","\"\n"]}""",
        """{"text":""}""",
        """{"text":"a","fault":"stall","after":0,"stall_ms":20,"stall_every_ms":5,"stall_fill":"deltas"}""",
    ];

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Chunk_Any_IsValidForAzure(string script)
    {
        var schemas = await ChatSchemas.AzureAsync();

        foreach (var frame in (await FramesAsync(Scripted(script, Everything))).Where(frame => frame != "[DONE]"))
        {
            var chunk = JsonNode.Parse(frame)!;
            AssertFilterResults(schemas, chunk);
            if (chunk["object"]!.GetValue<string>().Length == 0)
            {
                chunk["object"] = "chat.completion.chunk";
                foreach (var choice in chunk["choices"]!.AsArray())
                    choice!["delta"] ??= new JsonObject();
            }

            AssertValid(schemas, "createChatCompletionStreamResponse", chunk);
            if (chunk["usage"] is { } usage)
                AssertValid(schemas, "completionUsage", usage);
        }
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Chunk_WithoutAzuresExtras_IsValidForOpenAI(string script)
    {
        var schemas = await ChatSchemas.OpenAIAsync();

        foreach (var frame in (await FramesAsync(Scripted(script, Everything))).Where(frame => frame.StartsWith("{\"id\":\"chatcmpl-", StringComparison.Ordinal)))
            AssertValid(schemas, "CreateChatCompletionStreamResponse", JsonNode.Parse(frame)!);
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Completion_Any_IsValidForBoth(string script)
    {
        var (azure, openAI) = (await ChatSchemas.AzureAsync(), await ChatSchemas.OpenAIAsync());

        var completion = JsonNode.Parse(await BodyAsync(Scripted(script, "\"logprobs\":true")))!;

        AssertFilterResults(azure, completion);
        AssertValid(azure, "createChatCompletionResponse", completion);
        AssertValid(openAI, "CreateChatCompletionResponse", completion);
    }

    [Theory]
    [InlineData(400, "content_filter")]
    [InlineData(400, "context_length_exceeded")]
    [InlineData(401, null)]
    [InlineData(403, null)]
    [InlineData(404, null)]
    [InlineData(408, null)]
    [InlineData(429, null)]
    [InlineData(500, null)]
    [InlineData(503, null)]
    public async Task Error_Any_IsValidForAzure(int status, string? code)
    {
        var schemas = await ChatSchemas.AzureAsync();

        var body = JsonNode.Parse(await BodyAsync(Scripted($$"""{"status":{{status}}{{(code is null ? "" : $",\"code\":\"{code}\"")}}}"""), (HttpStatusCode)status))!;

        Assert.NotEmpty(body["error"]!["message"]!.GetValue<string>());
        foreach (var (name, _) in body["error"]!.AsObject().Where(member => member.Value is null).ToList())
            body["error"]!.AsObject().Remove(name);
        if (body["error"]!["innererror"]?["content_filter_result"] is { } results)
            AssertValid(schemas, "contentFilterPromptResults", results);
        AssertValid(schemas, "errorResponse", body);
    }

    [Fact]
    public async Task Talk_WithoutScript_IsValidForAzure()
    {
        var schemas = await ChatSchemas.AzureAsync();

        foreach (var text in (string[])["Hello", "Bye", "..."])
            AssertValid(schemas, "createChatCompletionResponse", JsonNode.Parse(await BodyAsync(Ask(text, """ "tools":[{"type":"function","function":{"name":"end_call"}}] """)))!);
    }

    [Theory]
    [InlineData("createChatCompletionStreamResponse", """{"id":"a","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"finish_reason":null}]}""")]
    [InlineData("createChatCompletionStreamResponse", """{"id":"a","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"done"}]}""")]
    [InlineData("createChatCompletionStreamResponse", """{"id":"a","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"id":"a"}]},"finish_reason":null}]}""")]
    [InlineData("createChatCompletionResponse", """{"id":null,"object":"chat.completion","created":1,"model":"m","choices":[]}""")]
    [InlineData("errorResponse", """{"error":{"message":1}}""")]
    public async Task Schema_WithAWrongAnswer_Refuses(string schema, string json) =>
        Assert.NotEmpty((await ChatSchemas.AzureAsync()).Validate(schema, json));

    private static void AssertFilterResults(ChatSchemas schemas, JsonNode answer)
    {
        if (answer["prompt_filter_results"] is { } prompt)
            AssertValid(schemas, "promptFilterResults", prompt);
        foreach (var choice in answer["choices"]!.AsArray())
            AssertValid(schemas, "contentFilterChoiceResults", choice!["content_filter_results"]!);
    }

    private static void AssertValid(ChatSchemas schemas, string schema, JsonNode json) =>
        Assert.True(schemas.Validate(schema, json.ToJsonString()) is [], $"{string.Join("; ", schemas.Validate(schema, json.ToJsonString()))} in {json.ToJsonString()}");
}
