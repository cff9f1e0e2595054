using System.Diagnostics;
using Emulator;
using Server;

namespace Benchmarks;

/// <summary>From the start of <c>dotnet Server.dll</c> to the first token of its first turn.</summary>
internal static class ColdStart
{
    public static async Task<int> RunAsync(RunSettings settings)
    {
        using var emulator = await HostProcess.StartAsync("emulator", "http://127.0.0.1:0");
        var body = VoiceRequest.Body(new EmulatorScript { Chunks = 20 });
        var environment = new Dictionary<string, string?>
        {
            // Keys from settings; in production the reading of Key Vault comes on top.
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
            ["Deployments__0__Name"] = VoiceRequest.Model,
            ["Deployments__0__Endpoint"] = emulator.Address.AbsoluteUri,
            ["Deployments__0__KeySecret"] = "upstream",
            ["Secrets__0__Name"] = "upstream",
            ["Secrets__0__Value"] = Target.Key,
            ["Secrets__1__Name"] = "caller-elevenlabs",
            ["Secrets__1__Value"] = Target.Key,
        };
        // The emulator and this client are warm, the server never is.
        using (var direct = new Target("direct", emulator.Address, Target.DirectPath)) await Interleaved.WarmUpAsync([direct], body, settings.Turns(1000));

        var (listens, first, second, all) = (new Rounds(), new Rounds(), new Rounds(), new Rounds());
        for (var run = 0; run < (settings.Quick ? 2 : 15); run++)
        {
            var start = Stopwatch.GetTimestamp();
            using var server = await HostProcess.StartAsync([typeof(ServerApplication).Assembly.Location], "Listening on ", environment);
            var listening = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            using var target = new Target("gateway", server.Address, Target.GatewayPath);
            listens.Add(listening);
            first.Add(await target.TurnAsync(body));
            all.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            second.Add(await target.TurnAsync(body));
        }

        Console.WriteLine("\nms | p50 | p90 | longest");
        foreach (var (name, times) in new[] { ("process start to listening", listens), ("first turn, to its first token", first), ("process start to first token", all), ("second turn, to its first token", second) })
        {
            times.EndRound();
            Console.WriteLine($"| {name} | {times.Percentile(50):0.0} | {times.Percentile(90):0.0} | {times.Percentile(100):0.0} |");
        }

        return 0;
    }
}
