namespace Benchmarks;

internal static class Table
{
    /// <summary>Prints the times to the first token, and how they compare with another target's in the same rounds.</summary>
    public static void Print(string title, IReadOnlyList<Target> targets, Target direct, Target? rival = null)
    {
        Console.WriteLine($"\n{title}; ms to the first token, medians of the rounds, {direct.Rounds.Count} turns each");
        Console.WriteLine("| target | p50 | p90 | p99 | mean | added p50 | added p90 | added p99 |" + (rival is null ? "" : $" p50 / {rival.Name} | p99 / {rival.Name} |"));
        Console.WriteLine("|---|--:|--:|--:|--:|--:|--:|--:|" + (rival is null ? "" : "--:|--:|"));
        foreach (var target in targets)
        {
            var own = target.Rounds;
            Console.Write($"| {target.Name} | {own.Percentile(50):0.000} | {own.Percentile(90):0.000} | {own.Percentile(99):0.000} | {own.Mean():0.000} ");
            Console.Write($"| {own.PercentileOver(direct.Rounds, 50):0.000} | {own.PercentileOver(direct.Rounds, 90):0.000} | {own.PercentileOver(direct.Rounds, 99):0.000} |");
            Console.WriteLine(rival is null ? "" : $" {own.PercentileRatio(rival.Rounds, 50):0.00} | {own.PercentileRatio(rival.Rounds, 99):0.00} |");
        }
    }
}
