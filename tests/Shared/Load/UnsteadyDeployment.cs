namespace Load;

/// <summary>
/// A deployment that is mostly well: its time to the first token is log-normal, some calls stall, and some are refused. Safe for threads.
/// </summary>
internal sealed class UnsteadyDeployment(int seed)
{
    public const double MedianMs = 350, Sigma = 0.4, Stalls = 0.05, Refusals = 0.05;

    public const int StallMs = 5000, RetryAfterMs = 50;

    /// <summary>How long a refusal takes. It is no model that answers there, but the network and Azure's front end do.</summary>
    public const int RefusalMs = 40;

    /// <summary>The time between two words: 40 tokens a second.</summary>
    public const int WordMs = 25;

    /// <summary>What it says: the first of the words is one that nobody else in these runs says.</summary>
    public static readonly string[] Words = ["Thursday", " at", " half", " past", " two", " is", " free", "."];

    private readonly Lock _lock = new();
    private readonly Random _random = new(seed);

    /// <summary>The deployment of a run that has this name: each has a luck of its own.</summary>
    public static UnsteadyDeployment Of(int seed, string name) => new((seed * 1000) + name[0]);

    public AttemptFate Next()
    {
        lock (_lock)
        {
            // The same numbers are drawn whatever the fate, so that runs differ by what they do and not by their luck.
            var (fate, where, u, v) = (_random.NextDouble(), _random.NextDouble(), _random.NextDouble(), _random.NextDouble());
            var normal = Math.Sqrt(-2 * Math.Log(1 - u)) * Math.Cos(2 * Math.PI * v);
            var stalls = fate is >= Refusals and < Refusals + Stalls;
            return new AttemptFate(
                fate < Refusals,
                stalls ? where < 0.5 ? Stall.BeforeHeaders : Stall.BehindRole : Stall.None,
                (int)Math.Round(MedianMs * Math.Exp(Sigma * normal)));
        }
    }
}
