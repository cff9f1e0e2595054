namespace Benchmarks;

/// <summary>How a benchmark runs.</summary>
/// <param name="Check">Whether a bar that is not met makes the run fail.</param>
/// <param name="Quick">A tenth of the turns: to see that it works, not to measure.</param>
internal sealed record RunSettings(bool Check, bool Quick)
{
    public int Turns(int count) => Quick ? Math.Max(count / 10, 1) : count;

    /// <summary>The exit code, after saying which bars are met.</summary>
    public int Verdict(params ReadOnlySpan<Bar> bars)
    {
        var missed = 0;
        foreach (var bar in bars)
        {
            Console.WriteLine($"{(bar.IsMet ? "met   " : "MISSED")}  {bar.Name}: {bar.Value:0.###} {bar.Unit} (bar: {bar.Limit:0.###})");
            if (!bar.IsMet) missed++;
        }

        return Check && missed > 0 ? 1 : 0;
    }
}
