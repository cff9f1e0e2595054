using Benchmarks.Hosts;
using Emulator;

namespace Benchmarks;

/// <summary>What each process allocates for a turn, over real sockets, at two lengths of the answer.</summary>
internal static class Allocations
{
    private const int Short = 20;
    private const int Long = 200;
    private const int Concurrency = 10;
    private const int RoundCount = 7;

    public static async Task<int> RunAsync(RunSettings settings)
    {
        using var rivals = await Rivals.StartAsync();
        Target[] targets = [rivals.Relay, rivals.Yarp, rivals.Gateway];
        await Interleaved.WarmUpAsync(targets, VoiceRequest.Body(new EmulatorScript { Chunks = Short }), settings.Turns(3000));

        // Paced, so that every chunk is a read of its own: at once, the kernel joins as many as it likes.
        byte[][] bodies = [.. new[] { Short, Long }.Select(chunks => VoiceRequest.Body(new EmulatorScript { Chunks = chunks, TokenMs = 2 }))];
        var allocated = targets.ToDictionary(target => target, _ => new[] { new List<double>(), new List<double>() });
        for (var round = -1; round < RoundCount; round++)
        {
            foreach (var (length, body) in bodies.Index())
            {
                foreach (var target in targets)
                {
                    var bytes = await BytesPerTurnAsync(target, body, Math.Max(settings.Turns(length == 0 ? 300 : 60), Concurrency));
                    // The first round warms up: paced answers take other paths than those at once.
                    if (round >= 0) allocated[target][length].Add(bytes);
                }
            }
        }

        Console.WriteLine($"\nBytes allocated by the process, medians of {RoundCount} rounds, 2 ms a chunk, {Concurrency} at a time");
        Console.WriteLine($"| target | a turn of {Short} chunks | a turn of {Long} chunks | a chunk more | a turn without chunks |");
        Console.WriteLine("|---|--:|--:|--:|--:|");
        foreach (var target in targets)
        {
            var (atShort, atLong) = Of(target);
            var perChunk = (atLong - atShort) / (Long - Short);
            Console.WriteLine($"| {target.Name} | {atShort:0} | {atLong:0} | {perChunk:0.0} | {atShort - (perChunk * Short):0} |");
        }

        var relay = Of(rivals.Relay);
        var gateway = Of(rivals.Gateway);
        return settings.Verdict(
            new Bar($"bytes over the bare relay, a turn of {Short} chunks", gateway.Short - relay.Short, 4096, "bytes"),
            new Bar($"bytes over the bare relay, a turn of {Long} chunks", gateway.Long - relay.Long, 4096, "bytes"));

        (double Short, double Long) Of(Target target) => (Rounds.Median(allocated[target][0]), Rounds.Median(allocated[target][1]));
    }

    private static async Task<double> BytesPerTurnAsync(Target target, byte[] body, int turns)
    {
        var before = await target.ReadAsync(HostRole.Allocated);
        await Interleaved.RunAsync([target], body, rounds: 1, turns, Concurrency);
        return (await target.ReadAsync(HostRole.Allocated) - before) / (double)turns;
    }
}
