using System.Net;
using System.Net.Sockets;
using System.Text;
using Emulator;
using Gateway.Turns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.ChatCompletions;

/// <summary>What a caller is told when an upstream fails, and what not.</summary>
public sealed class UpstreamFailureTests : IAsyncLifetime
{
    private GatewayHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await GatewayHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("""{"status":400,"code":"invalid_value"}""", 400, "invalid_value", "Refused")]
    [InlineData("""{"status":400,"code":"content_filter"}""", 400, "content_filter", "ContentFiltered")]
    [InlineData("""{"status":401}""", 502, "upstream_misconfigured", "Misconfigured")]
    [InlineData("""{"status":403}""", 502, "upstream_misconfigured", "Misconfigured")]
    [InlineData("""{"status":404}""", 502, "upstream_misconfigured", "Misconfigured")]
    [InlineData("""{"status":408}""", 504, "upstream_timeout", "TimedOut")]
    [InlineData("""{"status":409}""", 502, "upstream_error", "Unavailable")]
    [InlineData("""{"status":413}""", 413, "invalid_request", "Refused")]
    [InlineData("""{"status":429}""", 429, "rate_limit_exceeded", "RateLimited")]
    [InlineData("""{"status":500}""", 502, "upstream_error", "Unavailable")]
    [InlineData("""{"status":503}""", 502, "upstream_error", "Unavailable")]
    [InlineData("""{"status":302,"body":"","headers":{"Location":"http://127.0.0.1:1/"}}""", 502, "upstream_invalid", "Invalid")]
    [InlineData("""{"status":204,"body":""}""", 502, "upstream_invalid", "Invalid")]
    [InlineData("""{"body":"<html>","content_type":"text/html"}""", 502, "upstream_invalid", "Invalid")]
    [InlineData("""{"fault":"reset"}""", 502, "upstream_unreachable", "Unreachable")]
    [InlineData("""{"text":"Never said.","fault":"error"}""", 502, "upstream_error", "Unavailable")]
    [InlineData("""{"text":"Never said.","fault":"garbage"}""", 502, "upstream_invalid", "Invalid")]
    [InlineData("""{"text":"Never said.","fault":"cut","after":0}""", 502, "upstream_cut", "Cut")]
    [InlineData("""{"fault":"preamble_only"}""", 502, "upstream_cut", "Cut")]
    [InlineData("""{"sse":""}""", 502, "upstream_cut", "Cut")]
    public async Task Stream_FailsBeforeAToken_IsAnEnvelopeWithAFittingStatus(string script, int status, string code, string outcome)
    {
        var answer = await _host.SendAsync(AnswerTests.Script(script, stream: true), GatewayHost.ApiKey);

        Assert.Equal(status, (int)answer.Status);
        Assert.Equal("application/json", answer.Header("Content-Type"));
        Assert.Equal(code, answer.ErrorCode);
        Assert.Equal(outcome, (await _host.Log.NextTurnAsync()).Values["Outcome"]!.ToString());
        AssertNothingLeaks(answer);
    }

    [Theory]
    [InlineData("""{"status":400,"code":"content_filter"}""", 400, "content_filter")]
    [InlineData("""{"status":401}""", 502, "upstream_misconfigured")]
    [InlineData("""{"status":429}""", 429, "rate_limit_exceeded")]
    [InlineData("""{"status":500}""", 502, "upstream_error")]
    [InlineData("""{"fault":"reset"}""", 502, "upstream_unreachable")]
    [InlineData("""{"body":"<html>","content_type":"text/html"}""", 502, "upstream_invalid")]
    [InlineData("""{"body":"{\"id\":\"x\",\"choi","content_type":"application/json"}""", 502, "upstream_invalid")]
    [InlineData("""{"body":"{\"object\":\"list\"}","content_type":"application/json"}""", 502, "upstream_invalid")]
    [InlineData("""{"body":"{\"error\":{\"code\":\"429\"}}","content_type":"application/json"}""", 429, "rate_limit_exceeded")]
    public async Task Whole_Fails_IsAnEnvelopeWithAFittingStatus(string script, int status, string code)
    {
        var answer = await _host.SendAsync(AnswerTests.Script(script, stream: false), GatewayHost.ApiKey);

        Assert.Equal(status, (int)answer.Status);
        Assert.Equal(code, answer.ErrorCode);
        await _host.Log.NextTurnAsync();
        AssertNothingLeaks(answer);
    }

    [Theory]
    [InlineData("""{"text":"One two three.","fault":"reset","after":2}""", "upstream_cut", "One two")]
    [InlineData("""{"text":"One two three.","fault":"cut","after":2}""", "upstream_cut", "One two")]
    [InlineData("""{"text":"One two three.","fault":"error","after":2}""", "upstream_error", "One two")]
    [InlineData("""{"text":"One two three.","fault":"garbage","after":2}""", "upstream_invalid", "One two")]
    [InlineData("""{"text":"One two three.","fault":"oversize","after":2}""", "upstream_invalid", "One two")]
    [InlineData("""{"text":"One two three.","fault":"no_end"}""", "upstream_cut", "One two three.")]
    public async Task Stream_FailsAfterAToken_IsToldInBandWithoutDone(string script, string code, string said)
    {
        // Before its first token has reached the caller, a failure would only be a reason for the next attempt.
        var begun = new TaskCompletionSource();
        _host.Emulator.Script = EmulatorScript.Parse(Encoding.UTF8.GetBytes(script));
        _host.Emulator.Script.Gate = (delta, _) => delta < 1 ? Task.CompletedTask : begun.Task;
        using var request = GatewayHost.Turn(AnswerTests.Ask(true), GatewayHost.ApiKey);
        using var response = await _host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        begun.SetResult();
        var answer = new Answer(response, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.StartsWith(said, string.Concat(answer.Chunks.SkipLast(1).Select(chunk => chunk.GetProperty("choices")[0].GetProperty("delta").TryGetProperty("content", out var text) ? text.GetString() : "")), StringComparison.Ordinal);
        Assert.Equal(code, answer.ErrorCode);
        Assert.False(answer.IsDone);
        Assert.DoesNotContain("[DONE]", answer.Body, StringComparison.Ordinal);
        await _host.Log.NextTurnAsync();
        AssertNothingLeaks(answer);
    }

    [Theory]
    [InlineData("""{"text":"Fine.","fault":"no_done"}""", "Fine.", "stop")]
    [InlineData("""{"text":"Fine.","fault":"no_finish"}""", "Fine.", "stop")]
    [InlineData("""{"text":"Fine.","tool_calls":[{"name":"f","arguments":{}}],"fault":"no_finish"}""", "Fine.", "tool_calls")]
    [InlineData("""{"text":"Fine enough.","async_filter":true}""", "Fine enough.", "stop")]
    [InlineData("""{"text":"Fine\r\n enough.","crlf":true}""", "Fine\r\n enough.", "stop")]
    [InlineData("""{"text":"Für élise 你好.","bytes_per_write":1}""", "Für élise 你好.", "stop")]
    [InlineData("""{"text":"Fine enough for now.","frames_per_write":3}""", "Fine enough for now.", "stop")]
    [InlineData("""{"text":"Hmm","finish_reason":"content_filter"}""", "Hmm", "content_filter")]
    [InlineData("""{"finish_reason":"length"}""", "", "length")]
    public async Task Stream_OddButWhole_IsAnswered(string script, string said, string finishReason)
    {
        var answer = await _host.SendAsync(AnswerTests.Script(script, stream: true), GatewayHost.ApiKey);

        Assert.Equal(said, answer.Text);
        Assert.Equal([finishReason], answer.FinishReasons);
        Assert.True(answer.IsDone);
    }

    [Fact]
    public async Task Whole_SeveralToolCalls_ReachAVoiceCaller() => Assert.Equal(
        HttpStatusCode.OK,
        (await _host.SendAsync(AnswerTests.Script("""{"tool_calls":[{"name":"f","arguments":{"a":1}},{"name":"g","arguments":{"b":2}}]}""", stream: false))).Status);

    [Theory]
    [InlineData(GatewayHost.VoiceKey, false)]
    [InlineData(GatewayHost.ApiKey, true)]
    public async Task Whole_HalfAToolCall_IsNeverSentToAVoiceCaller(string key, bool isSent)
    {
        var answer = await _host.SendAsync(AnswerTests.Script("""{"tool_calls":[{"name":"f","arguments":"{\"a\":"}]}""", stream: false), key);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(isSent, answer.Body.Contains("tool_calls", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Whole_NotReadToItsEndInTime_IsCutVisibly()
    {
        await using var host = await GatewayHost.StartAsync(new() { ["Callers:0:StallTimeout"] = "00:00:00.500", ["Callers:0:TurnTimeout"] = "00:01:00" });
        var content = new string('x', 12 * 1024 * 1024);
        host.Emulator.Script = new() { Text = content };
        using var request = GatewayHost.Turn(AnswerTests.Ask(false));
        using var response = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

        Assert.Equal("Interrupted", (await host.Log.NextTurnAsync()).Values["Outcome"]!.ToString());
        await Assert.ThrowsAnyAsync<Exception>(() => response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.DoesNotContain(host.Log.Records, record => record.Event.Id == 100);
    }

    [Fact]
    public async Task RateLimit_RetryHeaders_ArePassedOn()
    {
        var answer = await _host.SendAsync(AnswerTests.Script("""{"status":429,"retry_after_ms":1500}""", stream: true), GatewayHost.ApiKey);

        Assert.Equal("2", answer.Header("Retry-After"));
        Assert.Equal("1500", answer.Header("retry-after-ms"));
        Assert.Equal("rate_limit_error", answer.Error.GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("""{"error":{"code":"unsupported_parameter","param":"messages[0].content","message":"x"}}""", "unsupported_parameter", "messages[0].content")]
    [InlineData("""{"error":{"code":null,"message":"Unrecognized request argument supplied: messages"}}""", "invalid_request", "messages")]
    [InlineData("""{"error":{"code":"my-host.openai.azure.com","param":"my-host.openai.azure.com","message":"x"}}""", "invalid_request", null)]
    [InlineData("""{"error":{"code":"KEY0123","param":"messages<script>","message":"x"}}""", "invalid_request", null)]
    [InlineData("""{"error":"text"}""", "invalid_request", null)]
    [InlineData("not json", "invalid_request", null)]
    [InlineData("", "invalid_request", null)]
    public async Task Refusal_OnlyWhatCannotLeak_IsPassedOn(string body, string code, string? param)
    {
        _host.Emulator.Script = new() { Status = 400, Body = body };

        var answer = await _host.SendAsync(AnswerTests.Ask(true), GatewayHost.ApiKey);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal(code, answer.ErrorCode);
        Assert.Equal(param, answer.ErrorParam);
    }

    [Fact]
    public async Task Refusal_ContextTooLong_SaysSo()
    {
        _host.Emulator.Script = new() { Status = 400, Code = "context_length_exceeded" };

        Assert.Contains("longer than the model's context", (await _host.SendAsync(AnswerTests.Ask(true), GatewayHost.ApiKey)).Error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upstream_NotListening_Is502()
    {
        await using var host = await GatewayHost.StartAsync(new() { ["Deployments:0:Endpoint"] = "http://127.0.0.1:1" });

        var answer = await host.SendAsync(AnswerTests.Ask(true), GatewayHost.ApiKey);

        Assert.Equal(HttpStatusCode.BadGateway, answer.Status);
        Assert.Equal("upstream_unreachable", answer.ErrorCode);
    }

    [Fact]
    public async Task Upstream_FirstTokenLate_Is504()
    {
        var time = new FakeTimeProvider();
        await using var host = await GatewayHost.StartAsync(new() { ["Callers:1:FirstOutputTimeout"] = "00:00:20" }, services: services => services.AddSingleton<TimeProvider>(time));

        var sending = host.SendAsync(AnswerTests.Script("""{"text":"Late.","first_token_ms":600000}""", stream: true), GatewayHost.ApiKey);
        var request = await host.NextUpstreamRequestAsync();
        // Headers, role, comments and empty deltas are no token.
        await request.FirstByte.WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(20));
        var answer = await sending;

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.Status);
        Assert.Equal("upstream_timeout", answer.ErrorCode);
        await request.Aborted.WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("comments")]
    [InlineData("deltas")]
    [InlineData("none")]
    public async Task Upstream_Stalls_IsToldInBand(string fill)
    {
        await using var host = await GatewayHost.StartAsync(new() { ["Callers:1:StallTimeout"] = "00:00:00.300" });

        var answer = await host.SendAsync(AnswerTests.Script($$"""{"text":"One two three.","fault":"stall","after":2,"stall_fill":"{{fill}}","stall_every_ms":50}""", stream: true), GatewayHost.ApiKey);

        Assert.Equal("upstream_stalled", answer.ErrorCode);
        Assert.False(answer.IsDone);
        Assert.Equal("Stalled", (await host.Log.NextTurnAsync()).Values["Outcome"]!.ToString());
        await (await host.NextUpstreamRequestAsync()).Aborted.WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Turn_TimeIsUpInTheMiddleOfAFlood_IsToldInBand()
    {
        var time = new FakeTimeProvider();
        await using var host = await GatewayHost.StartAsync(new() { ["Callers:1:TurnTimeout"] = "00:00:20", ["Callers:1:StallTimeout"] = "00:01:00" }, services: services => services.AddSingleton<TimeProvider>(time));
        // By then they wait for their readers, and longer than a stall would be the readers' fault.
        var turns = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            using var request = GatewayHost.Turn(AnswerTests.Script("""{"chunks":200000}""", stream: true), GatewayHost.ApiKey);
            return await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        }));

        time.Advance(TimeSpan.FromSeconds(20));

        Assert.All(
            await Task.WhenAll(turns.Select(static async response =>
            {
                using (response) return new Answer(response, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            })),
            static answer => Assert.Equal("upstream_timeout", answer.ErrorCode));
    }

    [Fact]
    public async Task Turn_LongerThanItsTotal_IsToldInBand()
    {
        var time = new FakeTimeProvider();
        await using var host = await GatewayHost.StartAsync(new() { ["Callers:1:StallTimeout"] = "00:03:30" }, services: services => services.AddSingleton<TimeProvider>(time));
        host.Emulator.Script = new() { Text = "One two.", Fault = EmulatorFault.Stall, After = 1 };
        using var request = GatewayHost.Turn(AnswerTests.Ask(true), GatewayHost.ApiKey);
        using var response = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

        time.Advance(TimeSpan.FromSeconds(200));
        var answer = new Answer(response, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        Assert.Equal("upstream_timeout", answer.ErrorCode);
        Assert.Contains("One", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whole_LongerThanItsTotal_Is504()
    {
        var time = new FakeTimeProvider();
        await using var host = await GatewayHost.StartAsync(new() { ["Callers:1:TurnTimeout"] = "00:00:20" }, services: services => services.AddSingleton<TimeProvider>(time));

        var sending = host.SendAsync(AnswerTests.Script("""{"text":"Late.","first_token_ms":600000}""", stream: false), GatewayHost.ApiKey);
        await host.NextUpstreamRequestAsync();
        time.Advance(TimeSpan.FromSeconds(20));
        var answer = await sending;

        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.Status);
    }

    [Fact]
    public async Task Whole_CutInTheMiddle_Is502()
    {
        using var upstream = new TcpListener(IPAddress.Loopback, 0);
        upstream.Start();
        await using var host = await GatewayHost.StartAsync(new() { ["Deployments:0:Endpoint"] = $"http://{upstream.LocalEndpoint}" });

        var sending = host.SendAsync(GatewayHost.Turn(AnswerTests.Ask(false), GatewayHost.ApiKey));
        for (var attempt = 0; attempt < TurnAttempts.Max; attempt++)
        {
            using var connection = await upstream.AcceptSocketAsync(TestContext.Current.CancellationToken);
            await connection.ReceiveAsync(new byte[4096], TestContext.Current.CancellationToken);
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10000\r\n\r\n{\"id\":"u8.ToArray(), TestContext.Current.CancellationToken);
            connection.Shutdown(SocketShutdown.Send);
        }

        var answer = await sending;
        Assert.Equal(HttpStatusCode.BadGateway, answer.Status);
        Assert.Equal("upstream_cut", answer.ErrorCode);
    }

    private void AssertNothingLeaks(Answer answer)
    {
        foreach (var secret in new[] { AzureOpenAIEmulator.LeakedHost, AzureOpenAIEmulator.LeakedKey, _host.Emulator.Endpoint.Authority, GatewayHost.UpstreamKey })
        {
            Assert.DoesNotContain(secret, answer.Body, StringComparison.Ordinal);
            Assert.All(_host.Log.Records, record => Assert.DoesNotContain(secret, record.Message, StringComparison.Ordinal));
        }
    }
}
