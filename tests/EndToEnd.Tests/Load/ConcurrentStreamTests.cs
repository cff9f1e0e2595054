using System.Net.NetworkInformation;
using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.Logs;
using EndToEnd.Tests.Turns;

namespace EndToEnd.Tests.Load;

/// <summary>
/// Many callers at once, at the pace of speech. An api caller's limits are far away on a machine of any speed; how fast it is, benchmarks say.
/// </summary>
[Collection(nameof(Alone))]
public sealed class ConcurrentStreamTests(GatewayHost host)
{
    private const int Streams = 1000;
    private const int Words = 12;

    [Fact]
    public async Task Streams_ThousandAtOnce_AreEachWholeAndTheirOwn()
    {
        host.NeedsEmulator();

        await RoundAsync();
    }

    [Fact]
    public async Task Streams_ThousandAtOnceAgain_LeaveNothingBehind()
    {
        host.NeedsEmulator();
        var server = host.OwnServer();
        var callers = Connections();
        // The first round fills pools, which are meant to stay.
        await RoundAsync();
        await UntilAsync(() => Connections() <= callers);
        var memory = server.WorkingSet();

        await RoundAsync();

        await UntilAsync(() => Connections() <= callers);
        // What stays open are the connections to the upstream, at most one for each stream of one round. The emulator holds their other ends, and
        // the process itself some 220 files.
        await UntilAsync(() => server.Handles() < (2 * Streams) + 500);
        // The collector lets it swing by some 100 MB. A thousand streams that each leave 256 KiB would be above.
        Assert.InRange(server.WorkingSet(), 0, memory + (256L << 20));
    }

    private async Task RoundAsync()
    {
        using var http = new GatewayHttp(host.BaseAddress, host.Key(Caller.Api));

        var answers = await Task.WhenAll(Enumerable.Range(0, Streams).Select(number => http.TurnAsync(
            Prompt.Script($$"""{"text":"{{Text(number)}}","first_token_ms":200,"token_ms":20}"""), TestContext.Current.CancellationToken)));

        for (var number = 0; number < Streams; number++)
        {
            Assert.Equal((200, Text(number)), (answers[number].Status, answers[number].Text));
            Assert.Equal(["stop"], answers[number].FinishReasons);
            Assert.True(answers[number].IsDone);
        }
    }

    private static string Text(int number) => string.Join(' ', Enumerable.Range(0, Words).Select(word => $"{Marker.Text}-{number}-{word}"));

    /// <summary>The server's ends of connections that are not closed.</summary>
    private int Connections() => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
        .Count(connection => connection.LocalEndPoint.Port == host.BaseAddress.Port && connection.State is TcpState.Established or TcpState.CloseWait);

    /// <summary>Looks now and then: another process tells nobody when it has closed a socket.</summary>
    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        using var time = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        time.CancelAfter(TestTimeouts.Default);
        while (!isSo()) await look.WaitForNextTickAsync(time.Token);
    }
}
