namespace Benchmarks;

/// <summary>The samples of one target, round by round. What is reported is the median of the rounds: other work on the machine spoils single ones.</summary>
internal sealed class Rounds
{
    private readonly List<double> _current = [];
    private readonly List<double[]> _rounds = [];

    public int Count => _rounds.Sum(static round => round.Length);

    public void Add(double sample) => _current.Add(sample);

    public void EndRound()
    {
        _current.Sort();
        _rounds.Add([.. _current]);
        _current.Clear();
    }

    public double Percentile(int percent) => Median(_rounds.Select(round => At(round, percent)));

    public double Mean() => Median(_rounds.Select(static round => round.Average()));

    /// <summary>The median over the rounds of the difference to another target in the same round.</summary>
    public double PercentileOver(Rounds other, int percent) => Median(_rounds.Zip(other._rounds, (mine, theirs) => At(mine, percent) - At(theirs, percent)));

    /// <summary>The median over the rounds of the ratio to another target in the same round.</summary>
    public double PercentileRatio(Rounds other, int percent) => Median(_rounds.Zip(other._rounds, (mine, theirs) => At(mine, percent) / At(theirs, percent)));

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static double At(double[] sorted, int percent) => sorted[Math.Clamp((int)Math.Ceiling(sorted.Length * percent / 100.0) - 1, 0, sorted.Length - 1)];
}
