using Gateway.Routing;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Routing;

public sealed class FirstTokenTimesTests
{
    private const double Median = 350;
    // Of a log-normal time with a sigma of 0.4: the median times e to the power of 0.4 z.
    private const double P90 = 584, P95 = 676, P99 = 888;

    private readonly FakeTimeProvider _time = new();
    private readonly Random _random = new(1);
    private readonly FirstTokenTimes _times;

    public FirstTokenTimesTests() => _times = new FirstTokenTimes(_time);

    [Fact]
    public void Times_OfAFewAttempts_AreNotKnown()
    {
        for (var i = 0; i < 16; i++)
        {
            Assert.False(_times.IsKnown);
            Came(400);
        }

        Came(400);
        Assert.True(_times.IsKnown);
    }

    [Fact]
    public void Times_NothingNewForAWhile_AreNotKnownAnyMore()
    {
        for (var i = 0; i < 100; i++) Came(400);
        _time.Advance(TimeSpan.FromSeconds(119));
        Assert.True(_times.IsKnown);

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(_times.IsKnown);
        Came(400);
        Assert.True(_times.IsKnown);
    }

    [Fact]
    public void Times_OfLongAgo_AreForgotten()
    {
        for (var i = 0; i < 200; i++) Came(400);
        _time.Advance(TimeSpan.FromMinutes(10));

        Came(400);

        Assert.False(_times.IsKnown);
    }

    [Theory]
    [InlineData(50)]
    [InlineData(200)]
    [InlineData(350)]
    [InlineData(1200)]
    [InlineData(3000)]
    public void Typical_OfTimesThatVary_IsTheirMedian(double median)
    {
        for (var i = 0; i < 1000; i++) Came(LogNormal(median));

        Assert.InRange(_times.Typical.TotalMilliseconds, 0.9 * median, 1.1 * median);
    }

    [Fact]
    public void Slow_AllCome_IsP95RoundedUp()
    {
        var slow = Settled(stalls: 0, giveUpAfter: double.MaxValue);

        Assert.InRange(slow.Average(), P95, P99);
        Assert.InRange(slow.Min(), P95, P99);
        Assert.InRange(slow.Max(), P95, 1.2 * P99);
    }

    [Theory]
    [InlineData(0.02)]
    [InlineData(0.05)]
    [InlineData(0.1)]
    public void Slow_SomeStall_IsNotStretchedByThem(double stalls)
    {
        Assert.InRange(Settled(stalls, giveUpAfter: 1100).Average(), P95, P99);
        Assert.InRange(Settled(stalls, giveUpAfter: double.MaxValue).Average(), P95, P99);
    }

    [Theory]
    [InlineData(P95)]
    [InlineData(P90)]
    public void Slow_TheSlowestAreGivenUp_DoesNotSinkFarBelow(double giveUpAfter) =>
        Assert.InRange(Settled(stalls: 0, giveUpAfter).Average(), 0.9 * giveUpAfter, P99);

    [Fact]
    public void Attempt_GivenUp_CountsAsLongerAndNotAsItsWait()
    {
        for (var i = 0; i < 100; i++)
        {
            _times.Left(Ms(300));
            Came(600);
        }

        // Where half are given up before any comes, what is known is of the other half.
        Assert.InRange(_times.Typical.TotalMilliseconds, 512, 609);
    }

    [Fact]
    public void Attempts_AllGivenUp_AreVerySlow()
    {
        for (var i = 0; i < 17; i++) _times.Left(Ms(1100));

        Assert.True(_times.IsKnown);
        Assert.True(_times.Typical > TimeSpan.FromSeconds(10));
        Assert.Equal(FirstTokenTimes.Horizon, _times.Slow);
    }

    [Fact]
    public void Typical_TheUpstreamBecomesSlower_Follows()
    {
        for (var i = 0; i < 1000; i++) Came(LogNormal(300));
        for (var i = 0; i < 200; i++) Came(LogNormal(900));

        Assert.InRange(_times.Typical.TotalMilliseconds, 600, 1000);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.001)]
    [InlineData(3_600_000)]
    public void Time_OfAnyLength_HasItsPlace(double milliseconds)
    {
        for (var i = 0; i < 20; i++) Came(milliseconds);

        Assert.True(_times.Typical > TimeSpan.Zero);
        Assert.True(_times.Slow > TimeSpan.Zero);
    }

    // What the estimate says over ten thousand attempts of which some stall for five seconds, when those that take too long are given up.
    private List<double> Settled(double stalls, double giveUpAfter)
    {
        var seen = new List<double>();
        for (var i = 0; i < 10_000; i++)
        {
            var time = _random.NextDouble() < stalls ? 5000 : LogNormal(Median);
            if (time <= giveUpAfter) Came(time);
            else _times.Left(Ms(giveUpAfter));
            if (i >= 200) seen.Add(_times.Slow.TotalMilliseconds);
        }

        return seen;
    }

    private double LogNormal(double median) =>
        median * Math.Exp(0.4 * Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble()));

    private void Came(double milliseconds) => _times.Came(Ms(milliseconds));

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
