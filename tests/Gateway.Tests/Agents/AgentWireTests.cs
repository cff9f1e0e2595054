using System.Net;
using System.Text.Json;
using Azure.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tests.Shared.KeyVault;

namespace Gateway.Tests.Agents;

/// <summary>Turns that an agent answers, over real sockets.</summary>
public sealed class AgentWireTests
{
    private const string Ask =
        """{"model":"agent","stream":true,"max_tokens":5000,"temperature":0,"user_id":"ann@example.invalid","messages":[{"role":"user","content":"Where is my order?"}]""";

    private const string ExtraBody = """{"plan": "gold",  "gateway":{"buffer_words":false}}""";

    [Theory]
    [InlineData(false, "2.0", "HTTP/1.1")]
    [InlineData(true, "2.0", "HTTP/2")]
    [InlineData(true, "1.1", "HTTP/1.1")]
    public async Task Turn_OfAnAgent_IsAnsweredByItAndTellsItWhatIsDocumented(bool tls, string version, string spoken)
    {
        await using var host = await AgentHost.StartAsync(new() { ["Deployments:0:HttpVersion"] = version, ["Deployments:0:Deployment"] = "receptionist" }, tls: tls);

        var answer = await host.SendAsync($"{Ask},\"elevenlabs_extra_body\":{ExtraBody}}}", "conv_1");

        Assert.Equal("Hello there.", answer.Text);
        Assert.True(answer.IsDone);
        var request = await host.Agent.NextRequestAsync();
        Assert.Equal(("/agents/one/v1/chat/completions", spoken), (request.Path, request.Protocol));
        Assert.Equal($"Bearer {AgentHost.AgentKey}", request.Header("Authorization"));
        Assert.Equal(("conv_1", answer.Header("x-request-id")), (request.Header("x-conversation-id"), request.Header("x-request-id")));
        Assert.Matches("^[0-9a-f]{64}$", request.Header("x-user")!);
        Assert.NotEmpty(request.Header("User-Agent")!);
        Assert.DoesNotContain(request.Headers.Keys, name => name.StartsWith("x-ms-", StringComparison.OrdinalIgnoreCase) || name.Equals("api-key", StringComparison.OrdinalIgnoreCase));
        Assert.Equal("receptionist", request.Json.GetProperty("model").GetString());
        Assert.Equal(5000, request.Json.GetProperty("max_tokens").GetInt32());
        Assert.Contains("\"elevenlabs_extra_body\":{\"plan\": \"gold\"}", request.Body, StringComparison.Ordinal);
        var metadata = request.Json.GetProperty("metadata");
        Assert.Equal(
            [("conversation_id", "conv_1"), ("user", request.Header("x-user")), ("request_id", request.Header("x-request-id"))],
            metadata.EnumerateObject().Select(pair => (pair.Name, pair.Value.GetString())));
        Assert.Equal(request.Header("x-user"), request.Json.GetProperty("user").GetString());
        Assert.DoesNotContain("ann@", request.Body + string.Concat(request.Headers.Values), StringComparison.Ordinal);
        Assert.Equal("agent", (await host.Gateway.Log.NextTurnAsync()).Values["Deployment"]);
    }

    [Fact]
    public async Task Agent_WithoutKeySecret_GetsNoAuthorizationAlsoBesideADeploymentWithAToken()
    {
        await using var host = await AgentHost.StartAsync(
            new() { ["Deployments:0:KeySecret"] = null, ["Deployments:1:KeySecret"] = null },
            azure: true,
            services: services => services.AddSingleton<TokenCredential>(new FakeCredential("a-token-for-azure")));
        host.Agent.Answer = FakeAgent.Fails(503);

        await host.SendAsync(Ask + "}");

        Assert.Equal("Bearer a-token-for-azure", (await host.Gateway.NextUpstreamRequestAsync()).Headers["Authorization"]);
        var request = await host.Agent.NextRequestAsync();
        Assert.Null(request.Header("Authorization"));
        Assert.DoesNotContain("a-token-for-azure", request.Body + string.Concat(request.Headers.Values), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agent_WithoutKeySecretByItself_AsksForNoToken()
    {
        var credential = new FakeCredential("a-token-for-azure");
        await using var host = await AgentHost.StartAsync(new() { ["Deployments:0:KeySecret"] = null }, services: services => services.AddSingleton<TokenCredential>(credential));

        Assert.Equal("Hello there.", (await host.SendAsync(Ask + "}")).Text);

        using var ready = new HttpRequestMessage(HttpMethod.Get, Routes.HealthReady);
        Assert.Equal(HttpStatusCode.OK, (await host.Gateway.SendAsync(ready)).Status);
        Assert.Empty(credential.Asked);
    }

    [Fact]
    public async Task Endpoint_WithTheWholePath_IsTakenAsItIs()
    {
        await using var agent = await FakeAgent.StartAsync();
        await using var host = await AgentHost.StartAsync(new() { ["Deployments:0:Endpoint"] = $"{agent.Endpoint.AbsoluteUri}/chat/completions/" });

        Assert.Equal("Hello there.", (await host.SendAsync(Ask + "}")).Text);

        Assert.Equal("/agents/one/v1/chat/completions", (await agent.NextRequestAsync()).Path);
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("конв")]
    [InlineData("a\"b")]
    [InlineData("conv;1")]
    public async Task ConversationId_OfOddCharacters_IsToldNowhere(string id)
    {
        await using var host = await AgentHost.StartAsync();

        await host.SendAsync($"{Ask},\"elevenlabs_extra_body\":{{\"conversation_id\":\"{JsonEncodedText.Encode(id)}\"}}}}");

        var request = await host.Agent.NextRequestAsync();
        Assert.Null(request.Header("x-conversation-id"));
        Assert.False(request.Json.GetProperty("metadata").TryGetProperty("conversation_id", out _));
    }

    [Fact]
    public async Task Agent_WhoseSecretIsAbsent_IsNotAskedAndTheLogNamesTheSecret()
    {
        await using var host = await AgentHost.StartAsync(new() { ["Deployments:0:KeySecret"] = "absent-key" });

        var answer = await host.SendAsync(Ask + "}", key: GatewayHost.ApiKey);

        Assert.Equal((HttpStatusCode.BadGateway, "upstream_misconfigured"), (answer.Status, answer.ErrorCode));
        var missing = host.Gateway.Log.Records.First(record => record is { Event.Id: 4, Level: LogLevel.Warning });
        Assert.StartsWith("Deployment agent was not asked, for there is no credential to be had, the key of secret 'absent-key': req_", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agent_Refuses401_IsLoggedByTheSecretsNameAndNotItsValue()
    {
        await using var host = await AgentHost.StartAsync();
        host.Agent.Answer = FakeAgent.Fails(401, $$"""{"detail":"{{AgentHost.AgentKey}} is not welcome"}""");

        var answer = await host.SendAsync(Ask + "}", key: GatewayHost.ApiKey);

        Assert.Equal((HttpStatusCode.BadGateway, "upstream_misconfigured"), (answer.Status, answer.ErrorCode));
        var refusal = host.Gateway.Log.Records.First(record => record is { Event.Id: 3, Level: LogLevel.Warning });
        Assert.StartsWith("Deployment agent refused its credential, the key of secret 'agent-key': req_", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(host.Gateway.Log.Records, record => record.Message.Contains(AgentHost.AgentKey, StringComparison.Ordinal));
        Assert.DoesNotContain(AgentHost.AgentKey, answer.Body, StringComparison.Ordinal);
        using var ready = new HttpRequestMessage(HttpMethod.Get, Routes.HealthReady);
        Assert.Contains("is out: 401", (await host.Gateway.SendAsync(ready)).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Readiness_WithoutTheAgentsKey_NamesTheSecret()
    {
        await using var host = await AgentHost.StartAsync(new() { ["Deployments:0:KeySecret"] = "agent-key-2" });

        using var ready = new HttpRequestMessage(HttpMethod.Get, Routes.HealthReady);
        var answer = await host.Gateway.SendAsync(ready);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Contains("agent-key-2", answer.Body, StringComparison.Ordinal);
        await host.SendAsync(Ask + "}");
        Assert.True(host.Agent.NoMoreRequests);
    }

    [Fact]
    public async Task Agent_IsDown_AzureAnswers()
    {
        await using var host = await AgentHost.StartAsync(azure: true);
        host.Gateway.Emulator.Script = new() { Text = "I am Azure." };
        await host.Agent.DisposeAsync();

        var answer = await host.SendAsync($"{Ask},\"elevenlabs_extra_body\":{ExtraBody}}}", "conv_1");

        Assert.Equal("I am Azure.", answer.Text);
        var request = JsonElement.Parse((await host.Gateway.NextUpstreamRequestAsync()).Body.Span);
        Assert.False(request.TryGetProperty("metadata", out _));
        Assert.False(request.TryGetProperty("elevenlabs_extra_body", out _));
        Assert.Equal(1500, request.GetProperty("max_tokens").GetInt32());
    }

    [Theory]
    [InlineData("redirect")]
    [InlineData("json for a stream")]
    [InlineData("an error page")]
    [InlineData("cut before a word")]
    [InlineData("nothing said")]
    public async Task Agent_GivesNoAnswer_AModelStandsInAndTheAgentWasAskedOnce(string failure)
    {
        await using var host = await AgentHost.StartAsync(azure: true);
        host.Gateway.Emulator.Script = new() { Text = "I am Azure." };
        host.Agent.Answer = (context, request) => FailAsync(context, failure);

        Assert.Equal("I am Azure.", (await host.SendAsync(Ask + "}")).Text);

        await host.Agent.NextRequestAsync();
        Assert.True(host.Agent.NoMoreRequests);
    }

    [Fact]
    public async Task Agent_CutAfterAWord_IsClosedWithoutAskingAgain()
    {
        await using var host = await AgentHost.StartAsync(azure: true);
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Agent.Answer = async (context, _) =>
        {
            context.Response.ContentType = "text/event-stream";
            await FakeAgent.DeltaAsync(context, """{"content":"Your order is"}""");
            await heard.Task;
            context.Abort();
        };
        using var turn = GatewayHost.Turn(Ask + "}");
        using var response = await host.Gateway.Client.SendAsync(turn, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        heard.SetResult();

        var answer = new Answer(response, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        Assert.StartsWith("Your order is", answer.Text, StringComparison.Ordinal);
        Assert.True(answer.Text.Length > "Your order is".Length);
        Assert.Equal(["stop"], answer.FinishReasons);
        await host.Agent.NextRequestAsync();
        Assert.True(host.Agent.NoMoreRequests);
        Assert.Equal("Closing", (await host.Gateway.Log.NextTurnAsync()).Values["Spoken"]!.ToString());
    }

    [Fact]
    public async Task Tools_OfTheCaller_GoToTheAgentAndItsCallsComeBackAsTheyAre()
    {
        const string Tools = """[{"type":"function","function":{"name":"end_call","description":"Ends the call.","parameters":{"type":"object","properties":{}}}}]""";
        await using var host = await AgentHost.StartAsync();
        host.Agent.Answer = async (context, _) =>
        {
            context.Response.ContentType = "text/event-stream";
            await FakeAgent.DeltaAsync(context, """{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"end_call","arguments":""}}]}""");
            await FakeAgent.DeltaAsync(context, """{"tool_calls":[{"index":0,"function":{"arguments":"{\"reason\":"}}]}""");
            await FakeAgent.DeltaAsync(context, """{"tool_calls":[{"index":0,"function":{"arguments":"\"done\"}"}}]}""");
            await FakeAgent.DeltaAsync(context, "{}", "\"tool_calls\"");
        };

        var answer = await host.SendAsync($"{Ask},\"tools\":{Tools}}}");

        Assert.Contains("{\\\"reason\\\":", answer.Body, StringComparison.Ordinal);
        Assert.Equal(["tool_calls"], answer.FinishReasons);
        Assert.True(answer.IsDone);
        Assert.Contains($"\"tools\":{Tools}", (await host.Agent.NextRequestAsync()).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whole_AnswerOfAnAgent_IsPassedOn()
    {
        await using var host = await AgentHost.StartAsync();
        host.Agent.Answer = FakeAgent.Fails(200, """{"choices":[{"index":0,"message":{"role":"assistant","content":"Hello."},"finish_reason":"stop"}]}""");

        var answer = await host.SendAsync("""{"messages":[{"role":"user","content":"Hi"}]}""", key: GatewayHost.ApiKey);

        Assert.Contains("Hello.", answer.Body, StringComparison.Ordinal);
        Assert.False((await host.Agent.NextRequestAsync()).Json.TryGetProperty("stream_options", out _));
    }

    [Fact]
    public async Task Duplicate_OfATurnUnderWay_ReachesTheAgentOnce()
    {
        await using var host = await AgentHost.StartAsync();
        var word = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var rest = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Agent.Answer = async (context, _) =>
        {
            await word.Task;
            context.Response.ContentType = "text/event-stream";
            await FakeAgent.DeltaAsync(context, """{"content":"Booked"}""");
            await rest.Task;
            await FakeAgent.DeltaAsync(context, """{"content":"."}""", "\"stop\"");
        };
        var first = host.SendAsync(Ask + "}", "conv_1");
        await host.Agent.NextRequestAsync();
        using var duplicate = GatewayHost.Turn(Ask + "}");
        duplicate.Headers.Add("x-conversation-id", "conv_1");
        var joining = host.Gateway.Client.SendAsync(duplicate, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        word.SetResult();
        // Its response has started with what was relayed so far: it has joined.
        using var second = await joining;
        rest.SetResult();

        var same = new Answer(second, await second.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        Assert.Equal(("Booked.", "Booked."), ((await first).Text, same.Text));
        Assert.True(host.Agent.NoMoreRequests);
    }

    [Fact]
    public async Task Agent_RefusesFieldsThatItDoesNotKnow_LearnsAndIsAskedWithoutThem()
    {
        await using var host = await AgentHost.StartAsync();
        string[] strange = ["stream_options", "metadata", "elevenlabs_extra_body"];
        host.Agent.Answer = (context, request) => strange.FirstOrDefault(field => request.Json.TryGetProperty(field, out _)) is { } field
            ? FakeAgent.Fails(422, $$"""{"detail":[{"type":"extra_forbidden","loc":["body","{{field}}"],"msg":"Extra inputs are not permitted","input":null}]}""")(context, request)
            : FakeAgent.SayAsync(context, "Hello.");

        var answer = await host.SendAsync($"{Ask},\"elevenlabs_extra_body\":{ExtraBody}}}", "conv_1");

        Assert.Equal("Hello.", answer.Text);
        using var ready = new HttpRequestMessage(HttpMethod.Get, Routes.HealthReady);
        Assert.Contains("agent: metadata is dropped", (await host.Gateway.SendAsync(ready)).Body, StringComparison.Ordinal);
        for (var i = 0; i < 4; i++) await host.Agent.NextRequestAsync();
        Assert.Equal("Hello.", (await host.SendAsync(Ask + "}", "conv_1")).Text);
        Assert.Equal("conv_1", (await host.Agent.NextRequestAsync()).Header("x-conversation-id"));
        Assert.True(host.Agent.NoMoreRequests);
    }

    private static async Task FailAsync(HttpContext context, string failure)
    {
        switch (failure)
        {
            case "redirect":
                context.Response.StatusCode = 307;
                context.Response.Headers.Location = "/agents/one/v1/chat/completions";
                break;
            case "json for a stream":
                context.Response.ContentType = "application/json";
                await context.Response.WriteAsync("""{"choices":[{"index":0,"message":{"role":"assistant","content":"Hello."},"finish_reason":"stop"}]}""");
                break;
            case "an error page":
                context.Response.StatusCode = 500;
                await context.Response.WriteAsync("<html>");
                break;
            case "cut before a word":
                context.Response.ContentType = "text/event-stream";
                await FakeAgent.DeltaAsync(context, """{"role":"assistant"}""");
                context.Abort();
                break;
            default:
                await FakeAgent.SayAsync(context);
                break;
        }
    }
}
