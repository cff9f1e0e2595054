namespace Load;

/// <summary>The times to the first token of a load's turns, in milliseconds. A turn without one waits for ever.</summary>
internal sealed class Waits(IEnumerable<double?> milliseconds)
{
    private readonly double[] _sorted = [.. milliseconds.Select(static time => time ?? double.PositiveInfinity).Order()];

    public int Count => _sorted.Length;

    /// <summary>Turns that no deployment answered.</summary>
    public int Unanswered => _sorted.Count(double.IsPositiveInfinity);

    /// <summary>How much longer than a slow turn a very slow one is.</summary>
    public double TailRatio => Percentile(99) / Percentile(90);

    public double Percentile(double percent) => _sorted[Math.Clamp((int)Math.Ceiling(_sorted.Length * percent / 100) - 1, 0, _sorted.Length - 1)];

    /// <summary>The percentage of the turns that had no first token by then.</summary>
    public double LaterThan(double limit) => 100.0 * _sorted.Count(time => time > limit) / _sorted.Length;
}
