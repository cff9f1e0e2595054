namespace Gateway.Tests.Routing;

/// <summary>The bars of the product over 20,000 turns, and what shows that they do not meet themselves.</summary>
public sealed class SimulatedLoadTests
{
    private const int Turns = 20_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Load_OfStallsAndRateLimits_MeetsTheBars(int seed)
    {
        var load = Run(new SimulatedLoad(seed));

        Assert.True(load.Within(2500) >= 0.998);
        Assert.True(load.Percentile(0.99) <= 2.4 * load.Percentile(0.9));
        Assert.True(load.ExtraCalls <= 0.15);
    }

    [Fact]
    public void Load_WithoutHedges_MissesThem()
    {
        var load = Run(new SimulatedLoad(1) { HedgePercent = 0 });

        Assert.True(load.Within(2500) < 0.96);
        Assert.True(load.Percentile(0.99) > 2.4 * load.Percentile(0.9));
    }

    [Theory]
    [InlineData(200, 0.03)]
    [InlineData(350, 0.03)]
    // Of these, a tenth are slower than the longest delay.
    [InlineData(600, 0.11)]
    public void Load_WithoutFaults_CostsFewCalls(double median, double most)
    {
        var load = Run(new SimulatedLoad(1) { MedianMs = median, Stalls = 0, Refusals = 0 });

        Assert.Equal(1, load.Within(2500));
        Assert.True(load.ExtraCalls <= most);
    }

    [Fact]
    public void Load_MoreStallsThanTheBudget_KeepsToTheBudget()
    {
        var load = Run(new SimulatedLoad(1) { Stalls = 0.25, Refusals = 0 });

        Assert.InRange(load.ExtraCalls, 0.095, 0.105);
    }

    [Fact]
    public void Deployment_TakesCallsAndSaysNothingForTenMinutes_CostsFewTurns()
    {
        var load = Run(new SimulatedLoad(1) { Stalls = 0, Refusals = 0, Silence = (600_000, 1_200_000) });

        Assert.True(load.Within(2500) >= 0.999);
        Assert.True(load.ExtraCalls <= 0.03);
    }

    private static SimulatedLoad Run(SimulatedLoad load)
    {
        load.Run(Turns);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"within 2.5 s {load.Within(2500):P2}, p50 {load.Percentile(0.5):0} ms, p90 {load.Percentile(0.9):0} ms, p99 {load.Percentile(0.99):0} ms, extra calls {load.ExtraCalls:P2}");
        return load;
    }
}
