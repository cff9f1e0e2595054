namespace Benchmarks;

/// <summary>Runs turns against several targets in one run, in an order that is new for each step, so that none has a favourite neighbour.</summary>
internal static class Interleaved
{
    /// <summary>Makes the processes compile what they will run, at all their tiers.</summary>
    public static async Task WarmUpAsync(IReadOnlyList<Target> targets, byte[] body, int turns)
    {
        await RunAsync(targets, body, rounds: 1, turns, concurrency: 1);
        // The last tier is compiled in the background, once nothing new has been called for 100 ms.
        await Task.Delay(1000);
        await RunAsync(targets, body, rounds: 1, turns / 4, concurrency: 4);
        foreach (var target in targets) target.Forget();
    }

    public static async Task RunAsync(IReadOnlyList<Target> targets, byte[] body, int rounds, int turns, int concurrency)
    {
        var random = new Random(4711);
        Target[] order = [.. targets];
        for (var round = 0; round < rounds; round++)
        {
            for (var turn = 0; turn < turns; turn += concurrency)
            {
                random.Shuffle(order);
                foreach (var target in order)
                {
                    foreach (var milliseconds in await Task.WhenAll(Enumerable.Range(0, concurrency).Select(_ => target.TurnAsync(body))))
                        target.Rounds.Add(milliseconds);
                }
            }

            foreach (var target in targets) target.Rounds.EndRound();
        }
    }
}
