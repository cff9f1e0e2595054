using Emulator;

namespace Benchmarks;

/// <summary>The time to the first token, directly and through each rival.</summary>
internal static class TimeToFirstToken
{
    private const int Chunks = 20;

    public static async Task<int> RunAsync(RunSettings settings)
    {
        using var rivals = await Rivals.StartAsync();
        var atOnce = VoiceRequest.Body(new EmulatorScript { Chunks = Chunks });
        var paced = VoiceRequest.Body(new EmulatorScript { Chunks = Chunks, FirstTokenMs = 30, TokenMs = 5 });
        await Interleaved.WarmUpAsync(rivals.All, atOnce, settings.Turns(4000));

        await Interleaved.RunAsync(rivals.All, atOnce, rounds: 11, settings.Turns(600), concurrency: 1);
        Table.Print($"Upstream answers at once, {Chunks} chunks, 1 stream at a time", rivals.All, rivals.Direct, rivals.Yarp);
        Bar[] bars =
        [
            new("added time to first token, p50", rivals.Gateway.Rounds.PercentileOver(rivals.Direct.Rounds, 50), 0.5, "ms"),
            new("time to first token, p99, ratio to YARP", rivals.Gateway.Rounds.PercentileRatio(rivals.Yarp.Rounds, 99), 1.5, "x"),
            new("added p99, against 1.5 x YARP's added p99", rivals.Gateway.Rounds.PercentileOver(rivals.Direct.Rounds, 99), 1.5 * rivals.Yarp.Rounds.PercentileOver(rivals.Direct.Rounds, 99), "ms"),
        ];

        foreach (var (concurrency, turns) in new[] { (1, 40), (20, 200) })
        {
            foreach (var target in rivals.All) target.Forget();
            await Interleaved.RunAsync(rivals.All, paced, rounds: 5, settings.Turns(turns), concurrency);
            Table.Print($"First token after 30 ms, then 5 ms a chunk, {Chunks} chunks, {concurrency} at a time", rivals.All, rivals.Direct, rivals.Yarp);
        }

        return settings.Verdict(bars);
    }
}
