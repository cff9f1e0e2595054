using Simulation;

namespace Gateway.Tests.Turns;

/// <summary>The turn engine, sentence by sentence, in simulated time.</summary>
public sealed class TurnPumpTests
{
    private const string Ask = """{"stream":true,"messages":[{"role":"user","content":"Where is my order, please?"}]}""";

    [Fact]
    public async Task Turn_FirstAttemptAnswers_NoOtherIsMade()
    {
        var (line, calls) = await RunAsync(2, Says(350, "Hello", " there."));

        Assert.Equal("350 role \"Hello\" \" there.\" stop done", line);
        Assert.Single(calls);
        Assert.False(calls[0].WasCancelled);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(409)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Attempt_FailsThatAnotherCouldDoBetter_TheNextDeploymentIsAskedAtOnce(int status)
    {
        var (line, calls) = await RunAsync(2, SimulatedCall.Fails(status, afterMs: 20), Says(350, "Hello."));

        Assert.Equal("370 role \"Hello.\" stop done", line);
        Assert.Equal(["a.example", "b.example"], calls.Select(call => call.Uri.Host));
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
    public async Task Deployments_AllFail_AVoiceCallerHearsASentence()
    {
        var (line, calls) = await RunAsync(2, Enumerable.Repeat(0, 4).Select(_ => SimulatedCall.Fails(503)).ToArray());

        Assert.Equal("0 role \"Sorry, could you say that again?\" stop done", line);
        Assert.Equal(4, calls.Count);
    }

    [Fact]
    public async Task Deployments_AllHang_BufferWordsThenASentenceInTime()
    {
        var (line, calls) = await RunAsync(1, Enumerable.Repeat(0, 4).Select(_ => SimulatedCall.Hangs()).ToArray());

        Assert.Equal("1800 role \"One moment... \" 5000 \"Still looking... \" 8000 \"Sorry, could you say that again?\" stop done", line);
        Assert.All(calls, call => Assert.True(call.WasCancelled));
    }

    private static SimulatedCall Says(int firstTokenMs, params string[] words) => SimulatedCall.Says(firstTokenMs, words);

    private static async Task<(string Line, List<SimulatedCall> Calls)> RunAsync(int deployments, params SimulatedCall[] calls)
    {
        await using var gateway = await SimulatedGateway.StartAsync(deployments, (_, i) => calls[i]);
        var turn = await gateway.RunAsync(Ask);
        return (Heard.Line(turn), gateway.Upstream.Calls);
    }
}
