using System.Net;
using System.Text;
using Emulator;

namespace Gateway.Tests.ChatCompletions;

/// <summary>What fails on one deployment is asked of the next at once, over real sockets, and nothing of it stays.</summary>
public sealed class FailoverTests
{
    private static readonly string[] EastAndWest = ["east", "west"];

    public static TheoryData<string, string, string> Failures
    {
        get
        {
            var failures = new TheoryData<string, string, string>();
            foreach (var status in new[] { 401, 404, 408, 409, 429, 500, 503 }) failures.Add($$"""{"status":{{status}}}""", "http://127.0.0.1:0", "1.1");
            string[] faults =
            [
                """{"fault":"reset"}""",
                """{"text":"Never said.","fault":"reset","after":0}""",
                """{"text":"Never said.","fault":"cut","after":0}""",
                """{"text":"Never said.","fault":"cut_reset","after":0}""",
                """{"text":"Never said.","fault":"error"}""",
                """{"fault":"preamble_only"}""",
                """{"tool_calls":[{"name":"end_call","arguments":{"reason":"never told"}}],"fault":"reset","after":2}""",
            ];
            foreach (var fault in faults)
            {
                foreach (var (url, version) in FailoverHost.Wires.Select(wire => wire.Data)) failures.Add(fault, url, version);
            }

            return failures;
        }
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Attempt_FailsBeforeAToken_TheNextDeploymentAnswersAtOnce(string script, string url, string version)
    {
        await using var host = await FailoverHost.StartAsync(url, version, EastAndWest);
        host.Emulator.ScriptFor = request => request.Deployment == "east" ? EmulatorScript.Parse(Encoding.UTF8.GetBytes(script)) : new() { Text = "Hello there." };

        var answer = await host.SendAsync(AnswerTests.Ask(true));

        AssertIs("Hello there.", answer);
        Assert.Equal("east", (await host.NextUpstreamRequestAsync()).Deployment);
        Assert.Equal("west", (await host.NextUpstreamRequestAsync()).Deployment);
        Assert.True(host.NoMoreUpstreamRequests);
        var line = await host.Log.NextTurnAsync();
        Assert.Equal(("west", 2), (line.Values["Deployment"], line.Values["Attempts"]));
        // No wait between them: the clock stands still.
        Assert.Equal(0.0, line.Values["DurationMs"]);
    }

    [Fact]
    public async Task Attempts_OfTwoDeploymentsFail_TheThirdAnswers()
    {
        await using var host = await FailoverHost.StartAsync("http://127.0.0.1:0", "1.1", ["east", "west", "north"]);
        host.Emulator.ScriptFor = request => request.Deployment switch
        {
            "east" => new() { Status = 429 },
            "west" => new() { Fault = EmulatorFault.Reset },
            _ => new() { Text = "Hello there." },
        };

        AssertIs("Hello there.", await host.SendAsync(AnswerTests.Ask(true)));
        // The one that is limited is left out for a while; the one whose connection broke is tried again.
        AssertIs("Hello there.", await host.SendAsync(AnswerTests.Ask(true)));

        foreach (var deployment in new[] { "east", "west", "north", "west", "north" }) Assert.Equal(deployment, (await host.NextUpstreamRequestAsync()).Deployment);
        Assert.True(host.NoMoreUpstreamRequests);
    }

    [Fact]
    public async Task Attempt_WholeAnswerFails_TheNextDeploymentAnswers()
    {
        await using var host = await FailoverHost.StartAsync("http://127.0.0.1:0", "1.1", EastAndWest);
        host.Emulator.ScriptFor = request => request.Deployment == "east" ? new() { Text = "Never said.", Fault = EmulatorFault.CutReset } : new() { Text = "Hello there." };

        var answer = await host.SendAsync(AnswerTests.Ask(false));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Contains("Hello there.", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("Never", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_OfAFailedAttempt_ReachNobodyWithAnothersAnswer()
    {
        await using var host = await FailoverHost.StartAsync("http://127.0.0.1:0", "1.1", EastAndWest);
        host.Emulator.ScriptFor = _ => new() { Text = "Hello there." };
        var plain = await host.SendAsync(AnswerTests.Ask(true));
        await host.NextUpstreamRequestAsync();
        host.Emulator.ScriptFor = request => request.Deployment == "east"
            ? new() { Status = 429, RetryAfterMs = 1500, Headers = new Dictionary<string, string> { ["apim-request-id"] = "east-1", ["x-ms-region"] = "East", ["Set-Cookie"] = "affinity=east" } }
            : new() { Text = "Hello there." };

        var answer = await host.SendAsync(AnswerTests.Ask(true));

        Assert.Equal(plain.HeaderNames, answer.HeaderNames);
        Assert.DoesNotContain("Retry-After", answer.HeaderNames, StringComparer.OrdinalIgnoreCase);
        Assert.DoesNotContain("east", answer.Body, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(AzureOpenAIEmulator.LeakedHost, answer.Body, StringComparison.Ordinal);
        var (east, west) = (await host.NextUpstreamRequestAsync(), await host.NextUpstreamRequestAsync());
        Assert.Equal(WithoutSpan(east), WithoutSpan(west));
        Assert.Equal(Encoding.UTF8.GetString(east.Body.Span).Replace("\"east\"", "\"west\"", StringComparison.Ordinal), Encoding.UTF8.GetString(west.Body.Span));
    }

    [Fact]
    public async Task RetryAfter_OfOneDeployment_IsNotToldWithTheFailureOfAnother()
    {
        await using var host = await FailoverHost.StartAsync("http://127.0.0.1:0", "1.1", EastAndWest);
        host.Emulator.ScriptFor = request => request.Deployment == "east" ? new() { Status = 429, RetryAfterMs = 1500 } : new() { Status = 503 };

        var answer = await host.SendAsync(AnswerTests.Ask(true), GatewayHost.ApiKey);

        Assert.Equal("upstream_error", answer.ErrorCode);
        Assert.DoesNotContain(answer.HeaderNames, name => name.StartsWith("retry-after", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Attempt_FailsOnTheOnlyDeploymentOverHttp2_IsMadeAgainOnAnotherConnection()
    {
        await using var host = await FailoverHost.StartAsync("https://localhost:0", "2.0", ["east"]);
        var calls = 0;
        host.Emulator.ScriptFor = _ => Interlocked.Increment(ref calls) == 1 ? new() { Status = 503 } : new() { Text = "Hello there." };

        AssertIs("Hello there.", await host.SendAsync(AnswerTests.Ask(true)));
        AssertIs("Hello there.", await host.SendAsync(AnswerTests.Ask(true)));

        var (first, second, nextTurn) = (await host.NextUpstreamRequestAsync(), await host.NextUpstreamRequestAsync(), await host.NextUpstreamRequestAsync());
        Assert.Equal(["HTTP/2", "HTTP/1.1", "HTTP/2"], [first.Protocol, second.Protocol, nextTurn.Protocol]);
        Assert.NotEqual(first.ConnectionId, second.ConnectionId);
        Assert.Equal(first.ConnectionId, nextTurn.ConnectionId);
        Assert.True(host.NoMoreUpstreamRequests);
    }

    /// <summary>The headers that an attempt came with. Each is a span of its own in the turn's trace.</summary>
    private static Dictionary<string, string> WithoutSpan(EmulatedRequest request) => request.Headers.Where(header => header.Key != "traceparent").ToDictionary();

    private static void AssertIs(string text, Answer answer)
    {
        Assert.Equal(text, answer.Text);
        Assert.Equal(["stop"], answer.FinishReasons);
        Assert.True(answer.IsDone);
    }
}
