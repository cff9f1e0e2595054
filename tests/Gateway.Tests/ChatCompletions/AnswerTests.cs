using System.Net;
using System.Text;
using System.Text.Json;

namespace Gateway.Tests.ChatCompletions;

/// <summary>What a caller gets when all goes well.</summary>
public sealed class AnswerTests : IAsyncLifetime
{
    // The beginning of the SHA-256 of "conv_1".
    private const string SessionOfConv1 = "214d6c05cb183e28";

    private GatewayHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await GatewayHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Turn_Streamed_IsWholeAndUnbuffered()
    {
        var answer = await _host.SendAsync(Script("""{"text":"Hello there friend."}""", stream: true));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("Hello there friend.", answer.Text);
        Assert.Equal(["stop"], answer.FinishReasons);
        Assert.True(answer.IsDone);
        Assert.Equal("text/event-stream", answer.Header("Content-Type"));
        Assert.Equal("no-cache", answer.Header("Cache-Control"));
        Assert.Equal("no", answer.Header("X-Accel-Buffering"));
        Assert.Null(answer.Header("Content-Encoding"));
        Assert.Matches("^req_[0-9a-f]{32}$", answer.Header("x-request-id"));
        Assert.DoesNotContain("prompt_filter_results", answer.Body, StringComparison.Ordinal);
        Assert.All(answer.Chunks, chunk => Assert.NotEqual(0, chunk.GetProperty("choices").GetArrayLength()));
    }

    [Fact]
    public async Task Turn_Streamed_SendsEachTokenAsItComes()
    {
        var gates = Enumerable.Range(0, 3).Select(_ => new TaskCompletionSource()).ToArray();
        _host.Emulator.ScriptFor = _ => new() { Deltas = ["One", " two", " three"], Gate = (i, _) => i < 0 ? Task.CompletedTask : gates[i].Task };
        using var request = GatewayHost.Turn(Ask(stream: true));
        var sending = _host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        await _host.NextUpstreamRequestAsync();
        Assert.False(sending.IsCompleted, "The response has started without a token.");

        gates[0].SetResult();
        using var response = await sending;
        await using var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        using var reader = new StreamReader(stream);
        string[] tokens = ["One", " two", " three"];
        foreach (var (i, expected) in tokens.Index())
        {
            if (i > 0) gates[i].SetResult();
            string? line;
            do line = await reader.ReadLineAsync(TestContext.Current.CancellationToken);
            while (line?.Contains($"\"content\":\"{expected}\"", StringComparison.Ordinal) == false);
            Assert.NotNull(line);
        }
    }

    [Fact]
    public async Task Turn_NotStreamed_IsUpstreamsAnswerByteForByte()
    {
        const string Body = """{ "id":"x", "object":"chat.completion","created":1,"model":"gpt", "new_field":[1.50], "choices":[{"index":0,"message":{"role":"assistant","content":"é"},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4}}""";
        _host.Emulator.Script = new() { Body = Body, ContentType = "application/json" };

        var answer = await _host.SendAsync(Ask(stream: false));

        Assert.Equal(Body, answer.Body);
        Assert.Equal("application/json", answer.Header("Content-Type"));
        Assert.Equal(Encoding.UTF8.GetByteCount(Body).ToString(), answer.Header("Content-Length"));
        var line = await _host.Log.NextTurnAsync();
        Assert.Equal(3, line.Values["PromptTokens"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Turn_RequestedModelWanted_IsReported(bool stream)
    {
        await using var host = await GatewayHost.StartAsync(new() { ["Callers:0:AnswerWithRequestedModel"] = "true", ["Models:0:Name"] = "mine/voice \"1\"", ["Models:0:Deployments:0:Name"] = "chat" });

        var answer = await host.SendAsync($$"""{"model":"mine/voice \"1\"","stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"Hi"}]}""");

        JsonElement[] parts = stream ? [.. answer.Chunks] : [JsonElement.Parse(answer.Body)];
        Assert.All(parts, part => Assert.Equal("mine/voice \"1\"", part.GetProperty("model").GetString()));
        Assert.Equal("chat", JsonElement.Parse((await host.NextUpstreamRequestAsync()).Body.Span).GetProperty("model").GetString());
    }

    [Fact]
    public async Task Turn_UsageAskedFor_IsAnswered()
    {
        var with = await _host.SendAsync("""{"stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"Hi"}]}""");
        var without = await _host.SendAsync("""{"stream":true,"messages":[{"role":"user","content":"Hi"}]}""");

        Assert.Contains(with.Chunks, chunk => chunk.GetProperty("choices").GetArrayLength() == 0 && chunk.GetProperty("usage").ValueKind == JsonValueKind.Object);
        Assert.DoesNotContain(without.Chunks, chunk => chunk.GetProperty("choices").GetArrayLength() == 0);
        Assert.True((int)(await _host.Log.NextTurnAsync()).Values["CompletionTokens"]! > 0);
        Assert.True((int)(await _host.Log.NextTurnAsync()).Values["CompletionTokens"]! > 0);
    }

    [Theory]
    [InlineData(GatewayHost.VoiceKey)]
    [InlineData(GatewayHost.ApiKey)]
    public async Task Turn_ToolCalls_ComeWhole(string key)
    {
        var answer = await _host.SendAsync(
            Script("""{"text":"Bye.","tool_calls":[{"name":"end_call","arguments":{"reason":"done","message":"Bye {}"}},{"name":"skip_turn","arguments":{}}],"interleaved":true}""", stream: true), key);

        var calls = answer.Chunks.SelectMany(chunk => chunk.GetProperty("choices")[0].GetProperty("delta") is var delta && delta.TryGetProperty("tool_calls", out var list) ? list.EnumerateArray().ToArray() : [])
            .GroupBy(call => call.GetProperty("index").GetInt32())
            .Select(call => (Name: call.Select(part => part.GetProperty("function")).Single(function => function.TryGetProperty("name", out _)).GetProperty("name").GetString(),
                Arguments: string.Concat(call.Select(part => part.GetProperty("function").GetProperty("arguments").GetString()))))
            .ToArray();
        Assert.Equal(["end_call", "skip_turn"], calls.Select(call => call.Name));
        Assert.Equal("Bye {}", JsonElement.Parse(calls[0].Arguments).GetProperty("message").GetString());
        Assert.Equal(["tool_calls"], answer.FinishReasons);
        Assert.Equal("Bye.", answer.Text);
    }

    [Theory]
    [InlineData(Routes.ChatCompletions)]
    [InlineData(Routes.ChatCompletionsWithoutVersion)]
    [InlineData(Routes.ChatCompletionsDoubled)]
    [InlineData("V1/Chat/Completions/?api-version=2024-10-21")]
    [InlineData("v1//chat/completions")]
    public async Task Turn_BaseUrlEnteredInAnyWay_IsAnswered(string path) =>
        Assert.Equal(HttpStatusCode.OK, (await _host.SendAsync(GatewayHost.Turn(Ask(stream: true), path: path))).Status);

    [Fact]
    public async Task Turn_ElevenLabsRequest_ReachesUpstreamInAzuresTerms()
    {
        await using var host = await GatewayHost.StartAsync(new() { ["Deployments:0:Model"] = "gpt-5.4-mini" });
        const string Json = """
            {"messages":[{"role":"system","content":"S"},{"role":"assistant","content":"Hello!"},{"role":"user","content":"Hi"}],"model":"whatever somebody typed","temperature":0,
             "max_tokens":-1,"stream":true,"user_id":"+15550100","elevenlabs_extra_body":{"conversation_id":"conv_1"},
             "tools":[{"type":"function","function":{"name":"end_call","description":"Ends","parameters":{"type":"object","properties":{}}}}]}
            """;

        var answer = await host.SendAsync(Json);
        var upstream = await host.NextUpstreamRequestAsync();

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("/openai/v1/chat/completions", upstream.PathAndQuery);
        Assert.Equal(GatewayHost.UpstreamKey, upstream.Headers["api-key"]);
        Assert.DoesNotContain("Accept-Encoding", upstream.Headers.Keys, StringComparer.OrdinalIgnoreCase);
        Assert.Equal(answer.Header("x-request-id"), upstream.Headers["x-ms-client-request-id"]);
        var body = JsonElement.Parse(upstream.Body.Span);
        Assert.Equal(
            ["messages", "model", "temperature", "stream", "safety_identifier", "tools", "max_completion_tokens", "reasoning_effort", "prompt_cache_key", "stream_options"],
            body.EnumerateObject().Select(property => property.Name));
        Assert.Equal("none", body.GetProperty("reasoning_effort").GetString());
        Assert.Equal(1500, body.GetProperty("max_completion_tokens").GetInt32());
        Assert.Equal(64, body.GetProperty("safety_identifier").GetString()!.Length);
        Assert.Equal(SessionOfConv1, upstream.Headers["x-ms-session-id"]);
        Assert.DoesNotContain("15550100", Encoding.UTF8.GetString(upstream.Body.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gpt-5.4-mini", null, "conv_1", null, "SHA")]
    [InlineData("gpt-5.4-mini", null, "conv_1", "the-callers-own", "the-callers-own")]
    [InlineData("gpt-5.4-mini", null, null, "the-callers-own", "the-callers-own")]
    [InlineData("gpt-5.4-mini", null, "conv_1", "no id", "SHA")]
    [InlineData("gpt-5.4-mini", null, null, null, null)]
    [InlineData("gpt-5.4-mini", "2025-04-01", "conv_1", "the-callers-own", null)]
    [InlineData("a-model-of-tomorrow", null, "conv_1", null, null)]
    public async Task Turn_OfAConversation_NamesItToUpstreamsThatKnowTheHeader(string model, string? apiVersion, string? conversation, string? own, string? expected)
    {
        await using var host = await GatewayHost.StartAsync(new() { ["Deployments:0:Model"] = model, ["Deployments:0:ApiVersion"] = apiVersion });
        using var request = GatewayHost.Turn(Ask(stream: true));
        if (conversation is not null) request.Headers.Add("x-conversation-id", conversation);
        if (own is not null) request.Headers.Add("x-ms-session-id", own);

        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(request)).Status);

        (await host.NextUpstreamRequestAsync()).Headers.TryGetValue("x-ms-session-id", out var sent);
        Assert.Equal(expected?.Replace("SHA", SessionOfConv1, StringComparison.Ordinal), sent);
    }

    [Fact]
    public async Task Turn_OfEachProfile_HasTheLimitOfItsCaller()
    {
        await using var host = await GatewayHost.StartAsync(new() { ["Deployments:0:Model"] = "gpt-5.4-mini", ["Callers:1:MaxCompletionTokens"] = "700" });
        const string Json = """{"model":"chat","messages":[{"role":"user","content":"Hi"}],"max_tokens":5000}""";

        Assert.Equal(1500, await CapAsync(GatewayHost.VoiceKey));
        Assert.Equal(700, await CapAsync(GatewayHost.ApiKey));

        async Task<int> CapAsync(string key)
        {
            Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(Json, key)).Status);
            return JsonElement.Parse((await host.NextUpstreamRequestAsync()).Body.Span).GetProperty("max_completion_tokens").GetInt32();
        }
    }

    [Fact]
    public async Task Turn_DatedApiVersion_GoesToTheDeploymentsPath()
    {
        await using var host = await GatewayHost.StartAsync(new() { ["Deployments:0:ApiVersion"] = "2024-10-21", ["Deployments:0:Deployment"] = "my chat" });

        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(Ask(stream: true))).Status);
        Assert.Equal("/openai/deployments/my%20chat/chat/completions?api-version=2024-10-21", (await host.NextUpstreamRequestAsync()).PathAndQuery);
    }

    [Theory]
    [InlineData("2.0", "HTTP/2")]
    [InlineData("1.1", "HTTP/1.1")]
    public async Task Turn_HttpVersion_IsTheOneConfigured(string version, string protocol)
    {
        await using var host = await GatewayHost.StartAsync(new() { ["Deployments:0:HttpVersion"] = version }, new() { Url = new("https://localhost:0"), AcceptedKeys = [GatewayHost.UpstreamKey] });

        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(Ask(stream: true))).Status);
        Assert.Equal(protocol, (await host.NextUpstreamRequestAsync()).Protocol);
    }

    [Theory]
    [InlineData("2.0")]
    [InlineData("1.1")]
    public async Task Turns_InSequence_ShareAConnection(string version)
    {
        await using var host = await FailoverHost.StartAsync("https://localhost:0", version, ["chat"]);
        var connections = new HashSet<string>();
        for (var i = 0; i < 5; i++)
        {
            Assert.True((await host.SendAsync(Ask(stream: true))).IsDone);
            connections.Add((await host.NextUpstreamRequestAsync()).ConnectionId);
        }

        Assert.Single(connections);
    }

    [Fact]
    public async Task Turn_ReachesTheLogInOneLineWithoutContent()
    {
        using var request = GatewayHost.Turn("""{"stream":true,"user_id":"user-id-marker","messages":[{"role":"system","content":"prompt-marker"},{"role":"user","content":"prompt-marker"},{"role":"assistant","content":"a"},{"role":"user","content":"prompt-marker"}]}""");
        request.Headers.Add("x-conversation-id", "conv_123");
        _host.Emulator.Script = new() { Text = "answer-marker here" };

        var answer = await _host.SendAsync(request);

        var line = await _host.Log.NextTurnAsync();
        Assert.Equal("voice", line.Values["Caller"]);
        Assert.Equal("conv_123", line.Values["ConversationId"]);
        Assert.Equal(2, line.Values["TurnNumber"]);
        Assert.Equal("user", line.Values["LastRole"]);
        Assert.Equal("chat", line.Values["Model"]);
        Assert.Equal("chat", line.Values["Deployment"]);
        Assert.Equal("Completed", line.Values["Outcome"]!.ToString());
        Assert.Equal(answer.Header("x-request-id"), line.Values["RequestId"]);
        Assert.InRange((double)line.Values["TimeToFirstTokenMs"]!, 0.001, (double)line.Values["DurationMs"]!);
        Assert.All(_host.Log.Records, record =>
        {
            Assert.DoesNotContain("marker", record.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("key-0123456789", record.Message, StringComparison.Ordinal);
        });
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("<script>")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789")]
    public async Task Turn_ConversationIdThatIsNone_StaysOutOfTheLog(string id)
    {
        using var request = GatewayHost.Turn(Ask(stream: true));
        request.Headers.Add("x-conversation-id", id);

        await _host.SendAsync(request);

        Assert.Null((await _host.Log.NextTurnAsync()).Values["ConversationId"]);
    }

    [Fact]
    public async Task Turn_ConversationIdInTheExtraBody_IsLogged()
    {
        await _host.SendAsync("""{"elevenlabs_extra_body":{"conversation_id":"conv_9"},"messages":[{"role":"user","content":"Hi"}]}""");

        Assert.Equal("conv_9", (await _host.Log.NextTurnAsync()).Values["ConversationId"]);
    }

    internal static string Ask(bool stream) => $$"""{"stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"Hi"}]}""";

    internal static string Script(string script, bool stream) =>
        $$"""{"stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":{{JsonSerializer.Serialize("#emulate " + script, TestJson.Default.String)}}}]}""";
}
