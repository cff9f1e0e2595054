using System.Net;
using System.Text.Json;
using Gateway.Rewriting;
using Gateway.Routing;
using Gateway.Tests.Rewriting;
using Gateway.Turns;
using Gateway.Upstream;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests;

public sealed class RouteTests : IAsyncLifetime
{
    private GatewayHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await GatewayHost.StartAsync(new()
    {
        ["Models:0:Name"] = "chat",
        ["Models:0:Deployments:0:Name"] = "chat",
        ["Models:1:Name"] = "acme/voice/1",
        ["Models:1:Deployments:0:Name"] = "chat",
        ["Models:2:Name"] = "a%2Fb",
        ["Models:2:Deployments:0:Name"] = "chat",
    });

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("v1/models")]
    [InlineData("models")]
    [InlineData("v1/models/")]
    public async Task Models_Listed_InOpenAIsShape(string path)
    {
        var answer = await GetAsync(path);

        Assert.Equal("""{"object":"list","data":[{"id":"chat","object":"model","created":0,"owned_by":"azure-openai"},{"id":"acme/voice/1","object":"model","created":0,"owned_by":"azure-openai"},{"id":"a%2Fb","object":"model","created":0,"owned_by":"azure-openai"}]}""", answer.Body);
        Assert.Matches("^req_", answer.Header("x-request-id"));
    }

    [Theory]
    [InlineData("v1/models/chat", "chat")]
    [InlineData("models/chat?x=1", "chat")]
    [InlineData("v1/models/acme/voice/1", "acme/voice/1")]
    [InlineData("v1/models/acme%2Fvoice%2F1", "acme/voice/1")]
    [InlineData("v1/models/a%252Fb", "a%2Fb")]
    public async Task Model_ById_DecodedOnce(string path, string id) => Assert.Equal(id, JsonElement.Parse((await GetAsync(path)).Body).GetProperty("id").GetString());

    [Theory]
    [InlineData("v1/models/a%2Fb")]
    [InlineData("v1/models/nothing")]
    public async Task Model_Unknown_Is404(string path)
    {
        var answer = await GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Equal("model_not_found", answer.ErrorCode);
    }

    [Theory]
    [InlineData("v1/models")]
    [InlineData("v1/models/chat")]
    [InlineData("v1/models/nothing")]
    public async Task Models_WithoutAKey_Is401(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);

        Assert.Equal(HttpStatusCode.Unauthorized, (await _host.SendAsync(request)).Status);
    }

    [Theory]
    [InlineData("GET", "", 404, "unknown_route", null)]
    [InlineData("POST", "v1/completions", 404, "unknown_route", null)]
    [InlineData("DELETE", "v1/../x", 404, "unknown_route", null)]
    [InlineData("GET", "v1/chat/completions", 405, "method_not_allowed", "POST")]
    [InlineData("OPTIONS", "chat/completions", 405, "method_not_allowed", "POST")]
    [InlineData("POST", "v1/models", 405, "method_not_allowed", "GET")]
    [InlineData("DELETE", "v1/models/a/b", 405, "method_not_allowed", "GET")]
    [InlineData("PUT", "tools/recall", 405, "method_not_allowed", "POST,GET")]
    [InlineData("PUT", "health/live", 405, "method_not_allowed", "GET")]
    public async Task Route_UnknownOrWrongVerb_IsAnEnvelope(string verb, string path, int status, string code, string? allow)
    {
        using var request = new HttpRequestMessage(new HttpMethod(verb), path);

        var answer = await _host.SendAsync(request);

        Assert.Equal(status, (int)answer.Status);
        Assert.Equal(code, answer.ErrorCode);
        Assert.Equal(allow, answer.Header("Allow"));
        Assert.Equal(("application/json", "nosniff"), (answer.Header("Content-Type"), answer.Header("X-Content-Type-Options")));
        Assert.Matches("^req_", answer.Header("x-request-id"));
    }

    [Fact]
    public async Task Route_Unknown_IsToldWhichStandWithoutTheVersion()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/webhooks/elevenlabs/start");

        var answer = await _host.SendAsync(request);

        Assert.Equal("There is no such route. The base URL of a Custom LLM ends in /v1; /webhooks, /tools and /end-users stand without it.", answer.ErrorMessage);
    }

    [Theory]
    [InlineData("POST", "webhooks/elevenlabs", "The post-call webhook is not switched on: Webhooks__Enabled.")]
    [InlineData("POST", "webhooks/elevenlabs/start", "The start webhook is not switched on: Callers__N__CallStart__Enabled.")]
    [InlineData("POST", "tools/recall", "No tools are switched on: Callers__N__Tools__M.")]
    [InlineData("GET", "tools/recall", "No tools are switched on: Callers__N__Tools__M.")]
    [InlineData("POST", "end-users/delete", "Requests about end users are not switched on: Privacy__Enabled.")]
    [InlineData("POST", "end-users/export", "Requests about end users are not switched on: Privacy__Enabled.")]
    public async Task Route_NotSwitchedOn_NamesTheSetting(string verb, string path, string message)
    {
        using var request = new HttpRequestMessage(new HttpMethod(verb), path);

        var answer = await _host.SendAsync(request);

        Assert.Equal((HttpStatusCode.NotFound, "unknown_route", message), (answer.Status, answer.ErrorCode, answer.ErrorMessage));
    }

    [Fact]
    public async Task Route_AskedForWithHead_AnswersTheHeaders()
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, "health/live");

        var answer = await _host.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("17", answer.Header("Content-Length"));
        Assert.Equal("", answer.Body);
    }

    [Fact]
    public async Task Health_LiveAndReady_NeedNoKey()
    {
        Assert.Equal("""{"status":"live"}""", (await GetAsync("health/live")).Body);
        Assert.Equal("""{"status":"ready"}""", (await GetAsync("health/ready")).Body);
        Assert.False(_host.Emulator.Requests.TryRead(out _));
    }

    [Fact]
    public async Task Health_SecretsMissing_NamesThem()
    {
        await using var host = await GatewayHost.StartAsync(new()
        {
            ["Secrets:0:Value"] = "",
            ["Secrets:1:Value"] = "@Microsoft.KeyVault(SecretUri=x)",
            ["Secrets:2:Name"] = "another",
            ["Callers:0:KeySecret"] = "caller-voice",
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, "health/ready");

        var answer = await host.SendAsync(request);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Equal("""{"status":"not_ready","waiting_for":["a key for any caller (secret \u0027caller-voice\u0027)","the key of deployment \u0027chat\u0027 (secret \u0027upstream-key\u0027)"]}""", answer.Body);
    }

    [Fact]
    public async Task Health_ADeploymentIsOut_IsDegradedAndNamesItUntilItAnswers()
    {
        var health = Assert.Single(_host.Services.GetRequiredService<IReadOnlyList<Deployment>>()).Health;
        health.Failed(AttemptOutcome.Misconfigured, 404, retryAfter: null);

        var degraded = await GetAsync("health/ready");
        Assert.Equal(HttpStatusCode.OK, degraded.Status);
        Assert.Matches("""^{"status":"degraded","degraded":\["deployment \\u0027chat\\u0027 is out: 404, next probe (in [1-5] s|with the next turn)"\]}$""", degraded.Body);
        Assert.Equal("""{"status":"live"}""", (await GetAsync("health/live")).Body);

        health.Answered();
        Assert.Equal("""{"status":"ready"}""", (await GetAsync("health/ready")).Body);
    }

    [Fact]
    public async Task Health_RulesLearned_AreListedAndHoldNothingUp()
    {
        var deployment = _host.Services.GetRequiredService<IReadOnlyList<Deployment>>()[0];
        var request = Rewritten.Read("""{"messages":[{"role":"user","content":"Hi"}],"max_tokens":9}""");
        var drops = default(TurnDrops);
        Assert.True(deployment.Learned.TryLearn(new UpstreamError(null, "unsupported_parameter", "max_tokens", null), request, Rewritten.Of(request, deployment).Sent, ref drops));

        var ready = await GetAsync("health/ready");

        Assert.Equal(HttpStatusCode.OK, ready.Status);
        Assert.Equal("""{"status":"ready","learned_rules":["chat: max_tokens is sent as max_completion_tokens"]}""", ready.Body);
        Assert.Equal("""{"status":"live"}""", (await GetAsync("health/live")).Body);
        Assert.Single(_host.Log.Records, record => record.Event.Id == 110);
    }

    [Theory]
    [InlineData("v1/models")]
    [InlineData("v1/chat/completions")]
    public async Task Handler_FailsInAnUnforeseenWay_Is500AndOneLogLineWithTheId(string path)
    {
        var handler = (RouteHandler)_host.Services.GetRequiredService(path == "v1/models" ? typeof(ModelsHandler) : typeof(ChatCompletionsHandler));
        var context = new DefaultHttpContext { Response = { Body = new MemoryStream() } };
        context.Request.Headers.Authorization = "Bearer " + GatewayHost.VoiceKey;
        context.Request.Body = new BrokenStream();
        if (path == "v1/models") context.Features.Set<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>(null);

        await handler.HandleAsync(context, CancellationToken.None);

        var line = Assert.Single(_host.Log.Records, record => record.Event.Id == 100);
        Assert.Equal(500, context.Response.StatusCode);
        Assert.Equal(context.Response.Headers["x-request-id"], line.Values["RequestId"]);
    }

    private Task<Answer> GetAsync(string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("api-key", GatewayHost.VoiceKey);
        return _host.SendAsync(request);
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new InvalidTimeZoneException();
    }
}
