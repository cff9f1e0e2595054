using System.Net;
using Benchmarks.Hosts;
using Emulator;

namespace Benchmarks;

/// <summary>HTTP/1.1 against HTTP/2 towards an upstream over TLS: the time to the first token, and what a hang-up costs the turn after it.</summary>
internal static class HttpVersions
{
    // Longer than a hang-up needs to reach the upstream, shorter than any pause of a person's.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public static async Task<int> RunAsync(RunSettings settings)
    {
        using var emulator = await HostProcess.StartAsync("emulator", "https://127.0.0.1:0");
        using var http1 = await HostProcess.StartAsync("gateway", emulator.Address.AbsoluteUri, "1.1");
        using var http2 = await HostProcess.StartAsync("gateway", emulator.Address.AbsoluteUri, "2.0");
        using var direct = new Target("direct, 1.1", emulator.Address, Target.DirectPath);
        using var direct2 = new Target("direct, 2.0", emulator.Address, Target.DirectPath, HttpVersion.Version20);
        using var gateway = new Target("gateway, 1.1 upstream", http1.Address, Target.GatewayPath);
        using var gateway2 = new Target("gateway, 2.0 upstream", http2.Address, Target.GatewayPath);
        Target[] targets = [direct, direct2, gateway, gateway2];

        var atOnce = VoiceRequest.Body(new EmulatorScript { Chunks = 20 });
        var paced = VoiceRequest.Body(new EmulatorScript { Chunks = 20, FirstTokenMs = 30, TokenMs = 5 });
        await Interleaved.WarmUpAsync(targets, atOnce, settings.Turns(3000));

        await Interleaved.RunAsync(targets, atOnce, rounds: 7, settings.Turns(500), concurrency: 1);
        Print("TLS; upstream answers at once, 20 chunks, 1 stream at a time");
        foreach (var target in targets) target.Forget();
        await Interleaved.RunAsync(targets, paced, rounds: 5, settings.Turns(200), concurrency: 20);
        Print("TLS; first token after 30 ms, then 5 ms a chunk, 20 chunks, 20 at a time");

        Console.WriteLine("\nTLS; the turn after another; ms to the first token, medians of 5 rounds");
        Console.WriteLine("| target | after a whole turn, p50 | p90 | after a hang-up, p50 | p90 | connections per hang-up |");
        Console.WriteLine("|---|--:|--:|--:|--:|--:|");
        foreach (var target in new[] { gateway, gateway2 }) await CompareHangUpAsync(target, atOnce, settings.Turns(60));
        return 0;

        void Print(string title)
        {
            Table.Print(title, [direct, gateway], direct);
            Table.Print(title, [direct2, gateway2], direct2);
        }
    }

    private static async Task CompareHangUpAsync(Target target, byte[] atOnce, int turns)
    {
        var slow = VoiceRequest.Body(new EmulatorScript { Chunks = 400, TokenMs = 5 });
        var (afterWhole, afterHangUp) = (new Rounds(), new Rounds());
        var connections = 0L;
        for (var round = 0; round < 5; round++)
        {
            for (var turn = 0; turn < turns; turn++)
            {
                await target.TurnAsync(atOnce);
                await Task.Delay(Pause);
                afterWhole.Add(await target.TurnAsync(atOnce));

                var before = await target.ReadAsync(GatewayServer.Connections);
                await target.HangUpAsync(slow);
                await Task.Delay(Pause);
                afterHangUp.Add(await target.TurnAsync(atOnce));
                connections += await target.ReadAsync(GatewayServer.Connections) - before;
            }

            afterWhole.EndRound();
            afterHangUp.EndRound();
        }

        Console.WriteLine(
            $"| {target.Name} | {afterWhole.Percentile(50):0.000} | {afterWhole.Percentile(90):0.000} "
            + $"| {afterHangUp.Percentile(50):0.000} | {afterHangUp.Percentile(90):0.000} | {connections / (double)afterHangUp.Count:0.00} |");
    }
}
