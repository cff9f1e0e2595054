using Gateway.Joining;
using Simulation;

namespace Gateway.Tests.Joining;

/// <summary>ElevenLabs sends a turn again when it hears nothing for its cascade timeout, without cancelling the first.</summary>
public sealed class JoiningTests
{
    private const string Ask = """{"stream":true,"messages":[{"role":"user","content":"Where is my order, please?"}]}""";
    private const string Conversation = "conv_1";

    [Fact]
    public async Task Duplicate_OfATurnUnderWay_GetsWhatWasSaidAndThenTheRest()
    {
        await using var gateway = await StartAsync(SimulatedCall.Begins(1000, "Hello").Frame(2000, "{\"content\":\" there.\"}").Ends());
        var first = gateway.Begin(Ask, conversationId: Conversation);
        gateway.Pass(2000);
        var second = gateway.Begin(Ask, conversationId: Conversation);
        await FinishAsync(gateway, first, second);

        Assert.Equal(Words(first), Words(second));
        Assert.Contains("\" there.\" stop done", Heard.Line(second), StringComparison.Ordinal);
        Assert.NotEqual(first.Headers["x-request-id"], second.Headers["x-request-id"]);
        Assert.Single(gateway.Upstream.Calls);
    }

    [Theory]
    [InlineData(null, Ask, SimulatedGateway.VoiceKey)]
    [InlineData("conv_2", Ask, SimulatedGateway.VoiceKey)]
    [InlineData(Conversation, """{"stream":true, "messages":[{"role":"user","content":"Where is my order, please?"}]}""", SimulatedGateway.VoiceKey)]
    [InlineData(Conversation, Ask, SimulatedGateway.ApiKey)]
    public async Task Request_ThatDiffersInAnything_IsATurnOfItsOwn(string? conversation, string json, string key)
    {
        await using var gateway = await StartAsync(SimulatedCall.Says(1000, "Hello."), SimulatedCall.Says(1000, "Hello."));
        var first = gateway.Begin(Ask, conversationId: Conversation);
        var second = gateway.Begin(json, key, conversation);
        await FinishAsync(gateway, first, second);

        Assert.Equal(2, gateway.Upstream.Calls.Count);
    }

    [Fact]
    public async Task Turn_ThatHasEnded_IsJoinedNoLonger()
    {
        await using var gateway = await StartAsync(SimulatedCall.Says(100, "Hello."), SimulatedCall.Says(100, "Hello."));
        await gateway.RunAsync(Ask, conversationId: Conversation);
        await gateway.RunAsync(Ask, conversationId: Conversation);

        Assert.Equal(2, gateway.Upstream.Calls.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task HangUp_OfOneReader_LeavesTheOtherItsAnswer(bool firstHangsUp)
    {
        await using var gateway = await StartAsync(SimulatedCall.Begins(1000, "Hello").Frame(2000, "{\"content\":\" there.\"}").Ends());
        var first = gateway.Begin(Ask, conversationId: Conversation);
        gateway.Pass(1500);
        var second = gateway.Begin(Ask, conversationId: Conversation);
        (firstHangsUp ? first : second).HangUp();
        await FinishAsync(gateway, first, second);

        Assert.EndsWith("\" there.\" stop done", Heard.Line(firstHangsUp ? second : first), StringComparison.Ordinal);
        Assert.DoesNotContain("there", (firstHangsUp ? first : second).Body, StringComparison.Ordinal);
        Assert.False(Assert.Single(gateway.Upstream.Calls).WasCancelled);
    }

    [Fact]
    public async Task HangUp_OfAllReaders_CancelsTheUpstream()
    {
        await using var gateway = await StartAsync(SimulatedCall.Begins(1000, "Hello").Frame(1000, "{\"content\":\" there.\"}"));
        var first = gateway.Begin(Ask, conversationId: Conversation);
        gateway.Pass(1500);
        var second = gateway.Begin(Ask, conversationId: Conversation);
        first.HangUp();
        gateway.Pass(1000);
        await Settle(() => second.Body.Contains("there", StringComparison.Ordinal));
        Assert.False(gateway.Upstream.Calls[0].WasCancelled);

        second.HangUp();
        await second.Task.WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);
        await first.Task.WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);

        Assert.True(gateway.Upstream.Calls[0].WasCancelled);
    }

    [Fact]
    public async Task HangUp_BeforeAnyOutput_LingersForTheResend()
    {
        await using var gateway = await StartAsync(SimulatedCall.Says(1500, "Hello."));
        var first = gateway.Begin(Ask, conversationId: Conversation);
        gateway.Pass(500);
        first.HangUp();
        gateway.Pass(900);
        Assert.False(gateway.Upstream.Calls[0].WasCancelled);

        var second = gateway.Begin(Ask, conversationId: Conversation);
        await FinishAsync(gateway, first, second);

        Assert.Equal("100 role \"Hello.\" stop done", Heard.Line(second));
        Assert.Single(gateway.Upstream.Calls);
        Assert.Empty(first.Body);
    }

    [Fact]
    public async Task HangUp_BeforeAnyOutputAndNoResend_CancelsAfterASecond()
    {
        await using var gateway = await StartAsync(SimulatedCall.Says(1800, "Hello."));
        var first = gateway.Begin(Ask, conversationId: Conversation);
        gateway.Pass(500);
        first.HangUp();

        gateway.Pass(1000);
        await first.Task.WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);

        Assert.True(gateway.Upstream.Calls[0].WasCancelled);
    }

    [Fact]
    public async Task HangUp_AfterOutput_DoesNotLinger()
    {
        await using var gateway = await StartAsync(SimulatedCall.Begins(100, "Hello"));
        var first = gateway.Begin(Ask, conversationId: Conversation);
        gateway.Pass(500);

        first.HangUp();
        await first.Task.WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);

        Assert.True(gateway.Upstream.Calls[0].WasCancelled);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reader_ThatStopsReading_NeverSlowsTheOther(bool firstStops)
    {
        await using var gateway = await StartAsync(SimulatedCall.Begins(1000, "Hello").Frame(1000, "{\"content\":\" there\"}").Frame(1000, "{\"content\":\" friend.\"}").Ends());
        var first = gateway.Begin(Ask, conversationId: Conversation);
        gateway.Pass(500);
        var second = gateway.Begin(Ask, conversationId: Conversation);
        gateway.Pass(1000);
        await Settle(() => second.Body.Contains("Hello", StringComparison.Ordinal));
        var (slow, other) = firstStops ? (first, second) : (second, first);

        slow.StopReading();
        await FinishAsync(gateway, other);

        Assert.EndsWith($"{(firstStops ? "2500" : "3000")} \" friend.\" stop done", Heard.Line(other), StringComparison.Ordinal);
        await FinishAsync(gateway, slow);
        Assert.DoesNotContain("friend", slow.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Duplicate_OfALeaderWhoseWriteHangs_IsServedAllTheSame()
    {
        await using var gateway = await StartAsync(SimulatedCall.Begins(1000, "Hello").Frame(1000, "{\"content\":\" there.\"}").Ends());
        var first = gateway.Begin(Ask, conversationId: Conversation);
        first.StopReading();
        gateway.Pass(1500);

        var second = gateway.Begin(Ask, conversationId: Conversation);
        await FinishAsync(gateway, first, second);

        Assert.EndsWith("\" there.\" stop done", Heard.Line(second), StringComparison.Ordinal);
        Assert.Single(gateway.Upstream.Calls);
    }

    [Fact]
    public async Task Fallback_Decided_TheNextDuplicateIsATurnOfItsOwn()
    {
        var calls = Enumerable.Range(0, 4).Select(_ => SimulatedCall.Fails(503)).Append(SimulatedCall.Says(100, "Hello."));
        await using var gateway = await StartAsync([.. calls]);
        await gateway.RunAsync(Ask, conversationId: Conversation);

        var second = await gateway.RunAsync(Ask, conversationId: Conversation);

        Assert.Equal("100 role \"Hello.\" stop done", Heard.Line(second));
    }

    [Fact]
    public async Task Answer_LongerThanTheLog_GoesOnForThoseWhoKeepUpAndIsJoinedByNobody()
    {
        var call = SimulatedCall.Begins(100, "Hello");
        var word = new string('x', 4096);
        for (var i = 0; i < 100; i++) call.Frame(10, $"{{\"content\":\"{word}\"}}");
        await using var gateway = await StartAsync(call.Ends(), SimulatedCall.Says(100, "Anew."));
        var first = gateway.Begin(Ask, conversationId: Conversation);
        gateway.Pass(200);
        var second = gateway.Begin(Ask, conversationId: Conversation);
        while (first.Body.Length < SharedTurn.MaxLogBytes + 10_000) await PassAsync();

        var third = gateway.Begin(Ask, conversationId: Conversation);
        while (!first.Task.IsCompleted) await PassAsync();
        await FinishAsync(gateway, second, third);

        Assert.Equal(Words(first), Words(second));
        Assert.Contains("Anew.", third.Body, StringComparison.Ordinal);
        Assert.Equal(2, gateway.Upstream.Calls.Count);

        Task PassAsync()
        {
            gateway.Pass(10);
            return Settle(() => second.Body.Length == first.Body.Length || first.Task.IsCompleted);
        }
    }

    private static Task<SimulatedGateway> StartAsync(params SimulatedCall[] calls) => SimulatedGateway.StartAsync(1, (_, i) => calls[i], new() { ["HedgePercent"] = "0" });

    private static async Task FinishAsync(SimulatedGateway gateway, params SimulatedTurn[] turns)
    {
        for (var i = 0; turns.Any(turn => !turn.Task.IsCompleted); i++)
        {
            Assert.True(i < 30_000, "The turns do not end.");
            gateway.Pass(10);
            await Task.Yield();
        }
    }

    private static async Task Settle(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TestTimeouts.Default);
        while (!condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static string Words(SimulatedTurn turn) => string.Concat(turn.Writes.Select(write => write.Text)).Replace(turn.Headers["x-request-id"].ToString()["req_".Length..], "", StringComparison.Ordinal);
}
