using Simulation;

namespace Gateway.Tests.Turns;

/// <summary>How attempts follow each other, in simulated time. A row is what the upstream does, call by call, and what the caller hears when.</summary>
public sealed class TurnPumpTests
{
    private const string Ask = """{"stream":true,"messages":[{"role":"system","content":"S"},{"role":"user","content":"Where is my order, please?"}]}""";
    private const string AskWhole = """{"messages":[{"role":"user","content":"Where is my order, please?"}]}""";
    private const string WholeAnswer = """{"id":"w","object":"chat.completion","created":7,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hello."},"finish_reason":"stop"}]}""";

    [Fact]
    public async Task Turn_FirstAttemptAnswers_NoOtherIsMade()
    {
        var (line, calls) = await RunAsync(2, Says(350, "Hello", " there."));

        Assert.Equal("350 role \"Hello\" \" there.\" stop done", line);
        Assert.False(Assert.Single(calls).WasCancelled);
    }

    [Fact]
    public async Task Turn_WholeAnswer_IsReadToItsEndBeforeItsConnectionIsGivenUp()
    {
        var (line, calls) = await RunAsync(1, SimulatedCall.Begins(100, "Hi").Frame(0, "{}", "\"stop\"").Raw(0, "data: [DONE]\n\n").Closes(500));

        Assert.Equal("100 role \"Hi\" stop done", line);
        Assert.False(Assert.Single(calls).WasCancelled);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(409)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    [InlineData(404)]
    [InlineData(401)]
    public async Task Attempt_StatusThatAnotherCouldDoBetter_TheNextDeploymentIsAskedAtOnce(int status)
    {
        var (line, calls) = await RunAsync(2, SimulatedCall.Fails(status, afterMs: 20), Says(350, "Hello."));

        Assert.Equal("370 role \"Hello.\" stop done", line);
        Assert.Equal(["a.example", "b.example"], calls.Select(call => call.Uri.Host));
        Assert.Equal(Version.Parse("2.0"), calls[1].Version);
    }

    [Fact]
    public async Task Attempt_FailsInAnyWayBeforeAToken_TheNextDeploymentIsAskedAtOnce()
    {
        SimulatedCall[] failures =
        [
            SimulatedCall.Unreachable(20),
            SimulatedCall.Begins(0).Resets(20),
            SimulatedCall.Begins(0).Closes(20),
            SimulatedCall.Begins(0).Raw(20, "data: {\"error\":{\"code\":\"no_capacity\",\"message\":\"x\"}}\n\n"),
            SimulatedCall.Begins(0).Raw(20, "data: {nonsense\n\n"),
            SimulatedCall.Begins(0).Raw(20, "event: error\ndata: {\"message\":\"x\"}\n\n"),
            SimulatedCall.Whole(20, "<html>"),
            // Reached its finish without a word.
            SimulatedCall.Begins(0).Ends("stop", 20),
            // Half a tool call, of which nobody was told.
            SimulatedCall.Begins(0).Frame(10, Call("book", "{\\\"day\\\":")).Resets(10),
        ];
        foreach (var (i, failure) in failures.Index())
        {
            var (line, calls) = await RunAsync(2, failure, Says(350, "Hello."));

            Assert.True(line == "370 role \"Hello.\" stop done", $"{i}: {line}");
            Assert.Equal(2, calls.Count);
        }
    }

    [Fact]
    public async Task Attempt_FailsOnTheOnlyDeployment_ItIsAskedAgainOnAnotherConnection()
    {
        var (line, calls) = await RunAsync(1, SimulatedCall.Unreachable(20), Says(350, "Hello."));

        Assert.Equal("370 role \"Hello.\" stop done", line);
        Assert.Equal([Version.Parse("2.0"), Version.Parse("1.1")], calls.Select(call => call.Version));
    }

    [Fact]
    public async Task Attempt_TheNextOne_KnowsNothingOfTheFirst()
    {
        var (_, calls) = await RunAsync(2, SimulatedCall.Fails(503), Says(350, "Hello."));

        Assert.Equal(calls[0].Header, calls[1].Header);
        Assert.Equal(calls[0].Body.Replace("\"model\":\"a\"", "\"model\":\"b\"", StringComparison.Ordinal), calls[1].Body);
    }

    [Fact]
    public async Task Attempt_IsLate_TheNextStartsBesideItAndTheFirstTokenWins()
    {
        var (line, calls) = await RunAsync(2, SimulatedCall.Hangs(), Says(200, "Hello."));

        Assert.EndsWith("role \"Hello.\" stop done", line, StringComparison.Ordinal);
        Assert.Equal([true, false], calls.Select(call => call.WasCancelled));
        Assert.InRange(calls[1].BeganAt - calls[0].BeganAt, TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(1000));
    }

    [Fact]
    public async Task Hedge_TheFirstIsFasterAllTheSame_ItWins()
    {
        var (line, calls) = await RunAsync(2, Says(1100, "First."), Says(900, "Second."));

        Assert.Equal("1100 role \"First.\" stop done", line);
        Assert.Equal([false, true], calls.Select(call => call.WasCancelled));
    }

    [Fact]
    public async Task Hedge_PreambleRoleCommentsAndReasoning_NeverWin()
    {
        var talkative = SimulatedCall.Begins(0)
            .Raw(300, "data: {\"id\":\"\",\"object\":\"\",\"created\":0,\"model\":\"\",\"choices\":[],\"prompt_filter_results\":[]}\n\n")
            .Raw(300, ": alive\n\n")
            .Frame(300, "{\"reasoning_content\":\"Hm\"}")
            .Frame(300, "{\"content\":\"\"}");
        var (line, calls) = await RunAsync(2, talkative, Says(700, "Hello."));

        Assert.EndsWith("role \"Hello.\" stop done", line, StringComparison.Ordinal);
        Assert.Equal([true, false], calls.Select(call => call.WasCancelled));
    }

    [Fact]
    public async Task Hedge_OfTwoThatAreLate_IsFollowedByAThird()
    {
        var (line, calls) = await RunAsync(3, SimulatedCall.Hangs(), SimulatedCall.Hangs(), Says(200, "Hello."));

        Assert.EndsWith("role \"Hello.\" stop done", line, StringComparison.Ordinal);
        Assert.Equal(["a.example", "b.example", "c.example"], calls.Select(call => call.Uri.Host));
    }

    [Fact]
    public async Task Hedge_ACallersOptionOff_IsNotMade()
    {
        var (line, calls) = await RunAsync(2, new() { ["Callers:0:Hedging"] = "false" }, Ask, SimulatedGateway.VoiceKey, Says(1500, "Hello."));

        Assert.Equal("1500 role \"Hello.\" stop done", line);
        Assert.Single(calls);
    }

    [Fact]
    public async Task Hedge_OfAWholeAnswer_IsNotMade()
    {
        var (line, calls) = await RunAsync(2, [], AskWhole, SimulatedGateway.ApiKey, SimulatedCall.Whole(5000, WholeAnswer));

        Assert.Equal("200 role \"Hello.\" stop", line);
        Assert.Single(calls);
    }

    [Fact]
    public async Task Whole_FirstDeploymentFails_TheNextAnswers()
    {
        var (line, calls) = await RunAsync(2, [], AskWhole, SimulatedGateway.ApiKey, SimulatedCall.Fails(503), SimulatedCall.Whole(50, WholeAnswer));

        Assert.Equal("200 role \"Hello.\" stop", line);
        Assert.Equal(2, calls.Count);
    }

    [Fact]
    public async Task Attempts_AllFail_AreFourAndNoMore()
    {
        var (_, calls) = await RunAsync(2, [.. Enumerable.Range(0, 9).Select(_ => SimulatedCall.Fails(503))]);

        Assert.Equal(["a.example", "b.example", "a.example", "b.example"], calls.Select(call => call.Uri.Host));
    }

    [Theory]
    [InlineData(400, "invalid_value", "400 invalid_value")]
    [InlineData(400, "content_filter", "400 content_filter")]
    [InlineData(413, "x", "413 x")]
    public async Task Refusal_OfTheRequestItself_IsToldToAnApiCallerAndNotTriedElsewhere(int status, string code, string expected)
    {
        var (line, calls) = await RunAsync(2, [], Ask, SimulatedGateway.ApiKey, SimulatedCall.Fails(status, body: "{\"error\":{\"code\":\"" + code + "\",\"message\":\"x\"}}"));

        Assert.Equal(expected, line);
        Assert.Single(calls);
    }

    [Fact]
    public async Task Refusal_OfAHedgeWhoseRivalThenBreaksOff_IsNotWhatAnApiCallerIsTold()
    {
        var (line, calls) = await RunAsync(2, [], Ask, SimulatedGateway.ApiKey, SimulatedCall.Begins(1500, "Hello").Resets(50), SimulatedCall.Fails(400));

        Assert.Equal("1500 role \"Hello\" 1550 error upstream_cut", line);
        Assert.Equal(2, calls.Count);
    }

    [Theory]
    [InlineData(503, "502 upstream_error")]
    [InlineData(429, "429 rate_limit_exceeded")]
    [InlineData(401, "502 upstream_misconfigured")]
    public async Task Failure_OfAllDeployments_IsToldToAnApiCaller(int status, string expected)
    {
        var (line, _) = await RunAsync(2, [], Ask, SimulatedGateway.ApiKey, [.. Enumerable.Range(0, 4).Select(_ => SimulatedCall.Fails(status))]);

        Assert.Equal(expected, line);
    }

    [Fact]
    public async Task Api_ReasoningFirst_StartsTheResponse()
    {
        var (line, _) = await RunAsync(1, [], Ask, SimulatedGateway.ApiKey, SimulatedCall.Begins(0).Frame(100, "{\"reasoning_content\":\"Hm\"}").Frame(400, "{\"content\":\"Hello.\"}").Ends());

        Assert.Equal("100 role thinks \"Hm\" 500 \"Hello.\" stop done", line);
    }

    [Theory]
    [InlineData(SimulatedGateway.ApiKey, "100 role stop done")]
    public async Task Empty_ForAProgram_IsAnAnswer(string key, string expected)
    {
        var (line, calls) = await RunAsync(2, [], Ask, key, SimulatedCall.Begins(0).Ends("stop", 100));

        Assert.Equal(expected, line);
        Assert.Single(calls);
    }

    [Fact]
    public async Task ToolCall_HeldUntilWhole_IsReleasedInOneWrite()
    {
        var call = SimulatedCall.Begins(0).Frame(100, Call("book", "")).Frame(200, Call(null, "{\\\"day\\\":")).Frame(200, Call(null, "1}")).Ends("tool_calls", 100);
        var (line, _) = await RunAsync(1, call);

        Assert.Equal("500 role book() ({\"day\":) (1}) 600 tool_calls done", line);
    }

    [Fact]
    public async Task ToolCall_StallsHalfway_AnotherAttemptTakesItsPlace()
    {
        var (line, calls) = await RunAsync(2, SimulatedCall.Begins(0).Frame(100, Call("book", "{\\\"day\\\":")), SimulatedCall.Begins(0).Frame(200, Call("book", "{}")).Ends("tool_calls"));

        Assert.StartsWith("4100 role ", line, StringComparison.Ordinal);
        Assert.EndsWith(" 4300 book({}) tool_calls done", line, StringComparison.Ordinal);
        Assert.Equal([true, false], calls.Select(made => made.WasCancelled));
    }

    [Fact]
    public async Task Words_BeforeAToolCallThatBreaks_AreNeverFollowedByAnothersAnswer()
    {
        var (line, calls) = await RunAsync(2, SimulatedCall.Begins(100, "One moment.").Frame(100, Call("book", "{\\\"day\\\":")).Resets(50));

        Assert.StartsWith("100 role \"One moment.\" 250 \" ", line, StringComparison.Ordinal);
        Assert.EndsWith(" stop done", line, StringComparison.Ordinal);
        Assert.DoesNotContain("book", line, StringComparison.Ordinal);
        Assert.Single(calls);
    }

    [Theory]
    [InlineData(SimulatedGateway.VoiceKey)]
    [InlineData(SimulatedGateway.ApiKey)]
    public async Task Answer_WholeAndOnlyItsEndLost_IsEndedAsItIs(string key)
    {
        const string Stop = "\"stop\"";
        var (reset, _) = await RunAsync(1, [], Ask, key, SimulatedCall.Begins(100, "Hello.").Frame(0, "{}", Stop).Resets(50));
        var (silent, _) = await RunAsync(1, [], Ask, key, SimulatedCall.Begins(100, "Hello.").Frame(0, "{}", Stop));
        var (error, _) = await RunAsync(1, [], Ask, key, SimulatedCall.Begins(100, "Hello.").Frame(0, "{}", Stop).Raw(50, "data: {\"error\":{\"code\":\"x\",\"message\":\"x\"}}\n\n"));

        Assert.Equal("100 role \"Hello.\" stop 150 done", reset);
        Assert.Equal($"100 role \"Hello.\" stop {(key == SimulatedGateway.VoiceKey ? 4100 : 20100)} done", silent);
        Assert.Equal("100 role \"Hello.\" stop 150 done", error);
    }

    [Fact]
    public async Task Total_PassesWhileWordsCome_TheAnswerEndsWithItsSentence()
    {
        var call = SimulatedCall.Begins(100, "One");
        for (var i = 0; i < 20; i++) call.Frame(1000, i % 2 == 0 ? "{\"content\":\" more\"}" : "{\"content\":\" word.\"}");
        var (line, _) = await RunAsync(1, call);

        Assert.EndsWith("15100 \" more\" 16100 \" word.\" stop done", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Total_PassesInASentenceThatDoesNotEnd_TheAnswerEndsAllTheSame()
    {
        var call = SimulatedCall.Begins(100, "One");
        for (var i = 0; i < 40; i++) call.Frame(500, "{\"content\":\" more\"}");
        var (line, _) = await RunAsync(1, call);

        Assert.EndsWith("16600 \" more\" 17000 stop done", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Details_Wanted_StandInHeadersAndInAComment()
    {
        await using var gateway = await SimulatedGateway.StartAsync(
            2, (_, i) => i == 0 ? SimulatedCall.Fails(503) : Says(350, "Hello."), new() { ["Callers:0:TurnDetails"] = "true" });

        var turn = await gateway.RunAsync(Ask);

        Assert.Equal("350 role \"Hello.\" stop (deployment=b; attempts=2; hedge=none; buffer-words=0; first-token-ms=350) done", Heard.Line(turn));
        Assert.Equal(["b", "2", "none"], [turn.Headers["x-turn-deployment"].ToString(), turn.Headers["x-turn-attempts"].ToString(), turn.Headers["x-turn-hedge"].ToString()]);
    }

    [Fact]
    public async Task HangUp_WhileTwoAttemptsWait_CancelsBoth()
    {
        await using var gateway = await SimulatedGateway.StartAsync(2, (_, _) => SimulatedCall.Hangs());
        var turn = gateway.Begin(Ask);
        gateway.Pass(1200);
        Assert.Equal(2, gateway.Upstream.Calls.Count);

        turn.HangUp();
        await gateway.FinishAsync(turn);

        Assert.All(gateway.Upstream.Calls, call => Assert.True(call.WasCancelled));
        Assert.Empty(turn.Body);
    }

    private static SimulatedCall Says(int firstTokenMs, params string[] words) => SimulatedCall.Says(firstTokenMs, words);

    private static string Call(string? name, string arguments) => name is null
        ? $$$"""{"tool_calls":[{"index":0,"function":{"arguments":"{{{arguments}}}"}}]}"""
        : $$$"""{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"{{{name}}}","arguments":"{{{arguments}}}"}}]}""";

    private static Task<(string Line, List<SimulatedCall> Calls)> RunAsync(int deployments, params SimulatedCall[] calls) =>
        RunAsync(deployments, [], Ask, SimulatedGateway.VoiceKey, calls);

    private static async Task<(string Line, List<SimulatedCall> Calls)> RunAsync(int deployments, Dictionary<string, string?> settings, string json, string key, params SimulatedCall[] calls)
    {
        // Without an id the first deployment is drawn; the order of configuration is what these tests want.
        await using var gateway = await SimulatedGateway.StartAsync(deployments, (_, i) => calls[i], settings);
        var turn = await gateway.RunAsync(json, key);
        return (Heard.Line(turn), gateway.Upstream.Calls);
    }
}
