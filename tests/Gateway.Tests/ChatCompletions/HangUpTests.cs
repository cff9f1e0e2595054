using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Emulator;

namespace Gateway.Tests.ChatCompletions;

/// <summary>A caller who hangs up cancels the upstream request.</summary>
public sealed class HangUpTests
{
    private static readonly TimeSpan Bar = TimeSpan.FromMilliseconds(100);

    // On a machine that is busy with other tests many a try may be late by their fault; a delay of ours would be in each.
    private const int Tries = 20;

    [Theory]
    [InlineData("http://127.0.0.1:0", "2.0")]
    [InlineData("https://localhost:0", "1.1")]
    [InlineData("https://localhost:0", "2.0")]
    public async Task HangUp_BeforeTheFirstToken_CancelsTheUpstream(string url, string version)
    {
        await using var host = await StartAsync(url, version);

        await HangUpAsync(host, AnswerTests.Script("""{"text":"Late.","first_token_ms":60000}""", stream: true), static _ => Task.CompletedTask);
    }

    [Theory]
    [InlineData("http://127.0.0.1:0", "2.0")]
    [InlineData("https://localhost:0", "1.1")]
    [InlineData("https://localhost:0", "2.0")]
    public async Task HangUp_InTheMiddleOfTheStream_CancelsTheUpstream(string url, string version)
    {
        await using var host = await StartAsync(url, version);

        await HangUpAsync(host, AnswerTests.Script("""{"text":"One two three.","fault":"stall","after":2}""", stream: true), async stream =>
        {
            var seen = new StringBuilder();
            var buffer = new byte[4096];
            while (!seen.ToString().Contains("One", StringComparison.Ordinal))
                seen.Append(Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer, TestContext.Current.CancellationToken)));
        });
    }

    [Theory]
    [InlineData("http://127.0.0.1:0", "2.0")]
    [InlineData("https://localhost:0", "1.1")]
    [InlineData("https://localhost:0", "2.0")]
    public async Task HangUp_NotStreaming_CancelsTheUpstream(string url, string version)
    {
        await using var host = await StartAsync(url, version);

        await HangUpAsync(host, AnswerTests.Script("""{"text":"Late.","first_token_ms":60000}""", stream: false), static _ => Task.CompletedTask);
    }

    [Fact]
    public async Task HangUp_BeforeUpstreamsHeaders_CancelsTheUpstream()
    {
        await using var host = await GatewayHost.StartAsync();

        await HangUpAsync(host, AnswerTests.Script("""{"text":"Late.","headers_ms":60000}""", stream: true), static _ => Task.CompletedTask);
    }

    [Fact]
    public async Task Caller_WhoStopsReading_IsLetGoAfterAStall()
    {
        await using var host = await GatewayHost.StartAsync(new() { ["Callers:0:StallTimeout"] = "00:00:01", ["Callers:0:TurnTimeout"] = "00:01:00" });
        host.Emulator.Script = new() { Deltas = [.. Enumerable.Repeat(new string('x', 100_000), 1000)] };
        using var socket = await ConnectAsync(host, AnswerTests.Ask(true));

        var request = await host.NextUpstreamRequestAsync();
        await request.Aborted.WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);

        Assert.Equal("Interrupted", (await host.Log.NextTurnAsync()).Values["Outcome"]!.ToString());
    }

    [Fact]
    public async Task Handler_TokenOfTheHost_HangsUpToo()
    {
        await using var host = await GatewayHost.StartAsync();
        host.Emulator.Script = new() { Text = "Late.", FirstTokenMs = 60_000 };
        var handler = (ChatCompletionsHandler)host.Services.GetService(typeof(ChatCompletionsHandler))!;
        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        context.Request.Headers.Authorization = "Bearer " + GatewayHost.VoiceKey;
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(AnswerTests.Ask(true)));
        using var hangUp = new CancellationTokenSource();

        var handling = handler.HandleAsync(context, hangUp.Token);
        var request = await host.NextUpstreamRequestAsync();
        await hangUp.CancelAsync();
        await handling.WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);

        await request.Aborted.WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);
        Assert.Equal("Interrupted", (await host.Log.NextTurnAsync()).Values["Outcome"]!.ToString());
    }

    private static Task<GatewayHost> StartAsync(string url, string version) => GatewayHost.StartAsync(
        new() { ["Deployments:0:HttpVersion"] = version, ["Callers:0:StallTimeout"] = "00:01:00", ["Callers:0:TurnTimeout"] = "00:01:00" },
        new EmulatorOptions { Url = new Uri(url), AcceptedKeys = [GatewayHost.UpstreamKey] });

    private static async Task HangUpAsync(GatewayHost host, string json, Func<Stream, Task> meanwhile)
    {
        var fastest = TimeSpan.MaxValue;
        for (var i = 0; i < Tries && fastest > Bar; i++)
        {
            var elapsed = await HangUpOnceAsync(host, json, meanwhile);
            if (elapsed < fastest) fastest = elapsed;
            var line = await host.Log.NextTurnAsync();
            Assert.Equal("Interrupted", line.Values["Outcome"]!.ToString());
            Assert.Null(line.Values["ErrorCode"]);
        }

        Assert.InRange(fastest, TimeSpan.Zero, Bar);
        Assert.DoesNotContain(host.Log.Records, record => record.Level >= Microsoft.Extensions.Logging.LogLevel.Warning);
    }

    private static async Task<TimeSpan> HangUpOnceAsync(GatewayHost host, string json, Func<Stream, Task> meanwhile)
    {
        EmulatedRequest request;
        long hungUp;
        using (var socket = await ConnectAsync(host, json))
        {
            request = await host.NextUpstreamRequestAsync();
            await meanwhile(socket.GetStream());
            hungUp = Stopwatch.GetTimestamp();
        }

        await request.Aborted.WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);
        return Stopwatch.GetElapsedTime(hungUp);
    }

    private static async Task<TcpClient> ConnectAsync(GatewayHost host, string json)
    {
        var socket = new TcpClient { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(host.Address.Host, host.Address.Port, TestContext.Current.CancellationToken);
        var body = Encoding.UTF8.GetBytes(json);
        var head = $"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {GatewayHost.VoiceKey}\r\nContent-Length: {body.Length}\r\n\r\n";
        await socket.GetStream().WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. body], TestContext.Current.CancellationToken);
        return socket;
    }
}
