using Emulator;

namespace Gateway.Tests.ChatCompletions;

/// <summary>A second attempt beside a late one, over real sockets: one of them answers, and the upstream sees the other given up.</summary>
public sealed class HedgeTests
{
    // As long as nothing is known of a deployment.
    private static readonly TimeSpan HedgeDelay = TimeSpan.FromMilliseconds(750);

    private static readonly string[] EastAndWest = ["east", "west"];

    // Headers, preamble and role, and then nothing.
    private static readonly EmulatorScript Silent = new() { Text = "Never said.", Fault = EmulatorFault.Stall, After = 0 };

    [Theory]
    [MemberData(nameof(FailoverHost.Wires), MemberType = typeof(FailoverHost))]
    public async Task Attempt_StallsBeforeItsFirstToken_TheNextDeploymentAnswersAndTheFirstIsGivenUp(string url, string version)
    {
        await using var host = await FailoverHost.StartAsync(url, version, EastAndWest);
        host.Emulator.ScriptFor = request => request.Deployment == "east" ? Silent : new() { Text = "Hello there." };
        var sending = host.SendAsync(AnswerTests.Ask(true));
        var east = await host.NextUpstreamRequestAsync();
        Assert.True(host.NoMoreUpstreamRequests);

        host.Pass(HedgeDelay);

        var answer = await sending;
        Assert.Equal("Hello there.", answer.Text);
        Assert.Equal(["stop"], answer.FinishReasons);
        Assert.True(answer.IsDone);
        await AbortedAsync(east);
        Assert.Equal("west", (await host.NextUpstreamRequestAsync()).Deployment);
        var line = await host.Log.NextTurnAsync();
        Assert.Equal(("Won", 2, 750.0), (line.Values["Hedge"]!.ToString(), line.Values["Attempts"], line.Values["DurationMs"]));
    }

    [Theory]
    [MemberData(nameof(FailoverHost.Wires), MemberType = typeof(FailoverHost))]
    public async Task Attempt_StallsBeforeItsHeaders_IsGivenUpToo(string url, string version)
    {
        await using var host = await FailoverHost.StartAsync(url, version, EastAndWest);
        host.Emulator.ScriptFor = request => request.Deployment == "east" ? new() { Fault = EmulatorFault.Stall } : new() { Text = "Hello there." };
        var sending = host.SendAsync(AnswerTests.Ask(true));
        var east = await host.NextUpstreamRequestAsync();

        host.Pass(HedgeDelay);

        Assert.Equal("Hello there.", (await sending).Text);
        await AbortedAsync(east);
    }

    [Theory]
    [MemberData(nameof(FailoverHost.Wires), MemberType = typeof(FailoverHost))]
    public async Task Hedge_TheFirstIsFasterAllTheSame_TheSecondIsGivenUp(string url, string version)
    {
        await using var host = await FailoverHost.StartAsync(url, version, EastAndWest);
        var words = new TaskCompletionSource();
        host.Emulator.ScriptFor = request => request.Deployment == "east" ? new() { Text = "I am first.", Gate = (delta, _) => delta == 0 ? words.Task : Task.CompletedTask } : Silent;
        var sending = host.SendAsync(AnswerTests.Ask(true));
        var east = await host.NextUpstreamRequestAsync();
        host.Pass(HedgeDelay);
        var west = await host.NextUpstreamRequestAsync();

        words.SetResult();

        Assert.Equal("I am first.", (await sending).Text);
        await AbortedAsync(west);
        await east.Completed.WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);
        Assert.False(east.Aborted.IsCompleted);
        Assert.Equal("Lost", (await host.Log.NextTurnAsync()).Values["Hedge"]!.ToString());
    }

    [Fact]
    public async Task Hedge_OfTheOnlyDeploymentOverHttp2_GoesOverAnotherConnection()
    {
        await using var host = await FailoverHost.StartAsync("https://localhost:0", "2.0", ["east"]);
        var calls = 0;
        host.Emulator.ScriptFor = _ => Interlocked.Increment(ref calls) == 1 ? Silent : new() { Text = "Hello there." };
        var sending = host.SendAsync(AnswerTests.Ask(true));
        var first = await host.NextUpstreamRequestAsync();

        host.Pass(HedgeDelay);

        Assert.Equal("Hello there.", (await sending).Text);
        await AbortedAsync(first);
        var second = await host.NextUpstreamRequestAsync();
        Assert.NotEqual(first.ConnectionId, second.ConnectionId);
        Assert.Equal(["HTTP/2", "HTTP/1.1"], [first.Protocol, second.Protocol]);
    }

    [Fact]
    public async Task Hedge_OnTheRealClock_ComesByItself()
    {
        await using var host = await GatewayHost.StartAsync(new() { ["HedgePercent"] = "10" }, deployments: EastAndWest);
        host.Emulator.ScriptFor = request => request.Deployment == "east" ? Silent : new() { Text = "Hello there." };

        var answer = await host.SendAsync(AnswerTests.Ask(true), GatewayHost.ApiKey);

        Assert.Equal("Hello there.", answer.Text);
        // The first may arrive behind its hedge: its connection is no sooner there.
        var (one, other) = (await host.NextUpstreamRequestAsync(), await host.NextUpstreamRequestAsync());
        await AbortedAsync(one.Deployment == "east" ? one : other);
        Assert.True((double)(await host.Log.NextTurnAsync()).Values["TimeToFirstTokenMs"]! >= HedgeDelay.TotalMilliseconds);
    }

    [Theory]
    [MemberData(nameof(FailoverHost.Wires), MemberType = typeof(FailoverHost))]
    public async Task HangUp_WhileThreeAttemptsAreUnderWay_GivesAllOfThemUp(string url, string version)
    {
        await using var host = await FailoverHost.StartAsync(url, version, ["east", "west", "north"]);
        host.Emulator.ScriptFor = _ => Silent;
        using var request = GatewayHost.Turn(AnswerTests.Ask(true));
        using var hangUp = new CancellationTokenSource();
        var sending = host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, hangUp.Token);
        List<EmulatedRequest> attempts = [await host.NextUpstreamRequestAsync()];
        while (attempts.Count < 3)
        {
            host.Pass(HedgeDelay);
            attempts.Add(await host.NextUpstreamRequestAsync());
        }

        await hangUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        foreach (var attempt in attempts) await AbortedAsync(attempt);
        Assert.Equal(["east", "west", "north"], attempts.Select(attempt => attempt.Deployment));
        var line = await host.Log.NextTurnAsync();
        Assert.Equal(("Interrupted", 3), (line.Values["Outcome"]!.ToString(), line.Values["Attempts"]));
    }

    private static Task<TimeSpan> AbortedAsync(EmulatedRequest request) => request.Aborted.WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);
}
