namespace Gateway.Tests;

/// <summary>What code allocates on the thread that runs it.</summary>
internal static class Allocations
{
    private const int MaxRounds = 10;

    /// <summary>
    /// The fewest bytes that a round allocates. The runtime allocates once when it compiles a method anew; what the code itself allocates, it allocates in
    /// every round. What it makes at its first use has to be there before.
    /// </summary>
    public static long Least(Action round) => Least(static () => true, _ => round());

    /// <summary>The same of code that keeps something, made anew for each round: what grows without end grows ever more rarely, and not in every round on the same thing.</summary>
    public static long Least<T>(Func<T> prepare, Action<T> round)
    {
        var least = long.MaxValue;
        for (var i = 0; i < MaxRounds && least > 0; i++)
        {
            var prepared = prepare();
            var before = GC.GetAllocatedBytesForCurrentThread();
            round(prepared);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
