namespace Gateway.Tests.ChatCompletions;

/// <summary>A connection that was kept for the next turn, and is none any more, costs that turn nothing but another connection.</summary>
public sealed class StaleConnectionTests
{
    private static readonly TimeSpan HedgeDelay = TimeSpan.FromMilliseconds(750);

    [Theory]
    [MemberData(nameof(FailoverHost.Wires), MemberType = typeof(FailoverHost))]
    public async Task Connection_TheUpstreamHasClosed_TheNextTurnTakesANewOne(string url, string version)
    {
        await using var wire = new CuttableWire();
        await using var host = await StartAsync(wire, url, version);
        var before = await AnsweredOverAsync(host);

        wire.Close();

        Assert.NotEqual(before, await AnsweredOverAsync(host));
    }

    [Theory]
    [MemberData(nameof(FailoverHost.Wires), MemberType = typeof(FailoverHost))]
    public async Task Connection_IsResetByTheNextRequest_ThatIsMadeAgainAtOnce(string url, string version)
    {
        await using var wire = new CuttableWire();
        await using var host = await StartAsync(wire, url, version);
        var before = await AnsweredOverAsync(host);

        var noticed = wire.ForgetAsync(silently: false);

        Assert.NotEqual(before, await AnsweredOverAsync(host));
        await noticed;
    }

    [Theory]
    [MemberData(nameof(FailoverHost.Wires), MemberType = typeof(FailoverHost))]
    public async Task Connection_SwallowsTheNextRequest_AHedgeGoesOverAnother(string url, string version)
    {
        await using var wire = new CuttableWire();
        await using var host = await StartAsync(wire, url, version);
        var before = await AnsweredOverAsync(host);
        var noticed = wire.ForgetAsync(silently: true);
        var answering = AnsweredOverAsync(host);
        await noticed;

        host.Pass(HedgeDelay);

        Assert.NotEqual(before, await answering);
    }

    private static async Task<FailoverHost> StartAsync(CuttableWire wire, string url, string version)
    {
        var host = await FailoverHost.StartAsync(url, version, ["east"], new() { ["Deployments:0:Endpoint"] = new UriBuilder(url) { Port = wire.Port }.Uri.AbsoluteUri });
        wire.Target = host.Emulator.Endpoint;
        host.Emulator.Script = new() { Text = "Hello there." };
        return host;
    }

    /// <summary>Has a turn answered, and says over which of the upstream's connections.</summary>
    private static async Task<string> AnsweredOverAsync(FailoverHost host)
    {
        var answer = await host.SendAsync(AnswerTests.Ask(true));
        Assert.Equal("Hello there.", answer.Text);
        Assert.True(answer.IsDone);
        var connection = (await host.NextUpstreamRequestAsync()).ConnectionId;
        Assert.True(host.NoMoreUpstreamRequests);
        return connection;
    }
}
