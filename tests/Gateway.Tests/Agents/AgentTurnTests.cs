using Simulation;

namespace Gateway.Tests.Agents;

/// <summary>
/// How the turn engine works around agents, in simulated time. Deployments whose letter is in <c>agents</c> are agents, the others models; each stands in
/// for the one before it.
/// </summary>
public sealed class AgentTurnTests
{
    private const string Ask = """{"stream":true,"messages":[{"role":"user","content":"Where is my order, please?"}]}""";
    private const string First = "\"One moment, please... \"";
    private const string Second = "\"Right, bear with me... \"";
    private const string AskAgain = "\"Sorry, I didn't quite get that. Could you say it again, please?\"";

    [Fact]
    public async Task SlowAgent_IsBridgedByBufferWordsAndNeverHedged()
    {
        Assert.Equal($"1800 role {First} 2500 \"Hello.\" stop done | a", await HearAsync("a", 2, SimulatedCall.Says(2500, "Hello.")));
        Assert.Equal($"1800 role {First} 5000 {Second} 7000 \"Hello.\" stop done | a", await HearAsync("a", 2, SimulatedCall.Says(7000, "Hello.")));
    }

    [Fact]
    public async Task SlowAgent_BeyondTheAnswerTimeout_IsGivenUpAndNobodyElseIsAsked()
    {
        Assert.Equal($"1800 role {First} 5000 {Second} 8000 {AskAgain} stop done | a", await HearAsync("a", 2, SimulatedCall.Silent()));
        Assert.Equal($"1800 role {First} 5000 {Second} 8000 {AskAgain} stop done | a", await HearAsync("ab", 2, SimulatedCall.Hangs()));
    }

    [Theory]
    // What leaves no doubt that the agent has not acted.
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(409)]
    [InlineData(429)]
    [InlineData(503)]
    [InlineData(307)]
    public async Task Agent_RefusesBeforeItActs_TheNextAgentIsAsked(int status) =>
        Assert.Equal("370 role \"Hello.\" stop done | a b", await HearAsync("ab", 2, SimulatedCall.Fails(status, afterMs: 20), SimulatedCall.Says(350, "Hello.")));

    [Fact]
    public async Task Agent_CannotBeReached_TheNextAgentIsAskedAndByItselfTheSame()
    {
        Assert.Equal("370 role \"Hello.\" stop done | a b", await HearAsync("ab", 2, SimulatedCall.Unreachable(20), SimulatedCall.Says(350, "Hello.")));
        Assert.Equal("370 role \"Hello.\" stop done | a a", await HearAsync("a", 1, SimulatedCall.Unreachable(20), SimulatedCall.Says(350, "Hello.")));
    }

    private static readonly Dictionary<string, Func<SimulatedCall>> Doubtful = new()
    {
        ["500"] = static () => SimulatedCall.Fails(500, 20),
        ["502"] = static () => SimulatedCall.Fails(502, 20),
        ["504"] = static () => SimulatedCall.Fails(504, 20),
        ["408"] = static () => SimulatedCall.Fails(408, 20),
        ["an error in the stream"] = static () => SimulatedCall.Begins(0).Raw(20, "data: {\"error\":{\"code\":\"x\",\"message\":\"x\"}}\n\n"),
        ["a reset"] = static () => SimulatedCall.Begins(0).Resets(20),
        ["no stream"] = static () => SimulatedCall.Whole(20, "{}"),
        ["nothing said"] = static () => SimulatedCall.Begins(0).Ends("stop", 20),
        ["half a tool call"] = static () => SimulatedCall.Begins(0).Frame(10, """{"tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":"book","arguments":"{\"day\":"}}]}""").Resets(10),
    };

    public static TheoryData<string> DoubtfulFailures { get; } = [.. Doubtful.Keys];

    [Theory]
    [MemberData(nameof(DoubtfulFailures))]
    public async Task Agent_MayHaveActed_NoAgentIsAskedAgainAndAModelStandsIn(string failure)
    {
        var fails = Doubtful[failure];
        Assert.True(await HearAsync("a", 1, fails()) == $"20 role {AskAgain} stop done | a", failure);
        Assert.True(await HearAsync("ab", 2, fails()) == $"20 role {AskAgain} stop done | a", failure);
        Assert.True(await HearAsync("a", 2, fails(), SimulatedCall.Says(350, "Hello.")) == "370 role \"Hello.\" stop done | a b", failure);
        // From the model back to an agent is no way either.
        Assert.True(await HearAsync("ac", 3, fails(), SimulatedCall.Fails(503), SimulatedCall.Says(350, "Hello.")) == "370 role \"Hello.\" stop done | a b b", failure);
    }

    [Fact]
    public async Task Model_IsLate_IsNotHedgedToAnAgent()
    {
        // The model itself, over another connection; the agent would act for nobody.
        Assert.Equal("1250 role \"Hello.\" stop done | a a", await HearAsync("b", 2, SimulatedCall.Hangs(), SimulatedCall.Says(500, "Hello.")));
        Assert.Equal("1250 role \"Hello.\" stop done | a c", await HearAsync("b", 3, SimulatedCall.Hangs(), SimulatedCall.Says(500, "Hello.")));
    }

    [Fact]
    public async Task Model_Fails_TheAgentBehindItIsAsked() =>
        Assert.Equal("370 role \"Hello.\" stop done | a b", await HearAsync("b", 2, SimulatedCall.Fails(500, 20), SimulatedCall.Says(350, "Hello.")));

    [Fact]
    public async Task Agent_BehindAModelWhoseHedgeIsUnderWay_IsAskedOnlyWhenThatHasFailedToo()
    {
        // a is late, a second call of it starts at 750 ms; the first breaks at 1,000 and the second at 1,250: then b has it for itself.
        Assert.Equal(
            "1350 role \"Hello.\" stop done | a a b",
            await HearAsync("b", 2, [], SimulatedCall.Begins(0).Resets(1000), SimulatedCall.Begins(0).Resets(500), SimulatedCall.Says(100, "Hello.")));
    }

    [Fact]
    public async Task IdempotentAgent_IsHedgedAndAskedAgainAsAModelIs()
    {
        Dictionary<string, string?> settings = new() { ["Deployments:0:Idempotent"] = "true" };

        Assert.Equal("1250 role \"Hello.\" stop done | a a", await HearAsync("a", 1, settings, SimulatedCall.Hangs(), SimulatedCall.Says(500, "Hello.")));
        Assert.Equal("370 role \"Hello.\" stop done | a a", await HearAsync("a", 1, settings, SimulatedCall.Fails(500, 20), SimulatedCall.Says(350, "Hello.")));
    }

    [Fact]
    public async Task Agent_TurnOfAnApiCaller_HasNoBufferWordsAndNoHedge() =>
        Assert.Equal("20000 role \"Hello.\" stop done | a", await HearAsync("a", 2, [], SimulatedGateway.ApiKey, SimulatedCall.Says(20_000, "Hello.")));

    [Fact]
    public async Task Agent_FiveTimesDown_IsOutAndTheModelIsAskedAtOnce()
    {
        await using var gateway = await StartAsync("a", 2, [], (host, _) => host == "a.example" ? SimulatedCall.Fails(500) : SimulatedCall.Says(350, "Hello."));
        for (var i = 0; i < 5; i++) await gateway.RunAsync(Ask);
        gateway.Upstream.Calls.Clear();

        await gateway.RunAsync(Ask);

        Assert.Equal("b.example", Assert.Single(gateway.Upstream.Calls).Uri.Host);
    }

    private static Task<string> HearAsync(string agents, int deployments, params SimulatedCall[] calls) => HearAsync(agents, deployments, [], calls);

    private static Task<string> HearAsync(string agents, int deployments, Dictionary<string, string?> settings, params SimulatedCall[] calls) =>
        HearAsync(agents, deployments, settings, SimulatedGateway.VoiceKey, calls);

    /// <summary>What the caller hears, and who was asked for it.</summary>
    private static async Task<string> HearAsync(string agents, int deployments, Dictionary<string, string?> settings, string key, params SimulatedCall[] calls)
    {
        await using var gateway = await StartAsync(agents, deployments, settings, (_, number) => calls[number]);
        var line = Heard.Line(await gateway.RunAsync(Ask, key));
        return $"{line} | {string.Join(' ', gateway.Upstream.Calls.Select(static call => call.Uri.Host[..1]))}";
    }

    private static Task<SimulatedGateway> StartAsync(string agents, int deployments, Dictionary<string, string?> settings, Func<string, int, SimulatedCall> answer)
    {
        foreach (var letter in agents) settings[$"Deployments:{letter - 'a'}:Kind"] = "Agent";
        return SimulatedGateway.StartAsync(deployments, answer, settings);
    }
}
