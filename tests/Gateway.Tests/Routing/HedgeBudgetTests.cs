using Gateway.Routing;

namespace Gateway.Tests.Routing;

public sealed class HedgeBudgetTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 2)]
    [InlineData(10, 20)]
    [InlineData(100, 200)]
    public void Budget_OfANewProcess_IsFull(int percent, int hedges)
    {
        var budget = new HedgeBudget(percent);
        budget.OnTurn();

        Assert.Equal(hedges, TakeAll(budget));
    }

    [Theory]
    [InlineData(0, 1000, 0)]
    [InlineData(10, 9, 0)]
    [InlineData(10, 10, 1)]
    [InlineData(10, 105, 10)]
    [InlineData(10, 100_000, 20)]
    [InlineData(100, 7, 7)]
    public void Turns_AfterAllIsSpent_SaveTheirShareUpToTheCap(int percent, int turns, int hedges)
    {
        var budget = new HedgeBudget(percent);
        TakeAll(budget);

        for (var turn = 0; turn < turns; turn++) budget.OnTurn();

        Assert.Equal(hedges, TakeAll(budget));
    }

    [Fact]
    public void Budget_UsedByManyThreads_LosesAndInventsNothing()
    {
        var budget = new HedgeBudget(100);
        var taken = TakeAll(budget);
        var turns = 0;

        Parallel.For(0, 8, _ =>
        {
            for (var i = 0; i < 1000; i++)
            {
                Interlocked.Increment(ref turns);
                budget.OnTurn();
                if (budget.TryTake()) Interlocked.Increment(ref taken);
            }
        });

        Assert.Equal(turns + 200, taken + TakeAll(budget));
    }

    private static int TakeAll(HedgeBudget budget)
    {
        var taken = 0;
        while (budget.TryTake()) taken++;
        return taken;
    }
}
