using Gateway.Routing;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Routing;

public sealed class DeploymentChoiceTests
{
    private const int PromptBytes = TestDeployments.PromptBytes;

    private readonly FakeTimeProvider _time = new();

    [Theory]
    // The deployments of the route as name and priority, what is wrong with them, and whom a turn asks: each of its attempts fails by itself.
    [InlineData("a0", "", "a a a a")]
    [InlineData("a0 b1 c2", "", "a b c a b c a")]
    [InlineData("c2 b1 a0", "", "a b c a b c a")]
    [InlineData("a0 b1", "a:429:5", "b b a b")]
    [InlineData("a0 b1", "a:404", "b b a b")]
    [InlineData("a0 b1 c2", "a:429:5", "b c b c a b")]
    [InlineData("a0 b1 c2", "b:503", "a c a c b a")]
    // All out: the one whose time ends first.
    [InlineData("a0 b1", "a:429:5 b:429:2", "b a b")]
    [InlineData("a0 b1", "a:429:2 b:429:5", "a b a")]
    [InlineData("a0 b1", "a:404 b:429:2", "b a b")]
    [InlineData("a0 b1", "a:404 b:429:7", "a b a")]
    [InlineData("a0", "a:429:5", "a a")]
    [InlineData("a0", "a:503", "a a")]
    public void Attempts_OfATurn_GoTo(string deployments, string wrong, string expected)
    {
        var route = Route([.. deployments.Split(' ').Select(name => (name[..1], name[1] - '0', 1))]);
        foreach (var fault in wrong.Split(' ', StringSplitOptions.RemoveEmptyEntries)) Break(Health(route, fault[..1]), fault[2..]);

        var choice = Choice(route);
        var asked = Enumerable.Range(0, expected.Split(' ').Length).Select(_ => choice.Next().Name).ToList();

        Assert.Equal(expected, string.Join(' ', asked));
    }

    [Fact]
    public void Attempts_OfATurn_EndTheGroupBeforeTheNextOne()
    {
        var route = Route(("x", 1, 1), ("a", 0, 1), ("b", 0, 1), ("y", 1, 1));

        for (var i = 0; i < 100; i++)
        {
            var choice = new DeploymentChoice(route, $"conv_{i}", PromptBytes);
            string[] asked = [choice.Next().Name, choice.Next().Name, choice.Next().Name, choice.Next().Name];

            Assert.Equal(["a", "b"], asked[..2].Order());
            Assert.Equal(["x", "y"], asked[2..].Order());
        }
    }

    [Fact]
    public void Deployment_GoesOutWithinTheTurn_IsNotTheNext()
    {
        var route = Route(("a", 0, 1), ("b", 1, 1));
        var choice = Choice(route);

        Assert.Equal("a", choice.Next().Name);
        Health(route, "a").RateLimited(5);
        Assert.Equal("b", choice.Next().Name);
        Assert.Equal("b", choice.Next().Name);
    }

    [Fact]
    public void Attempt_OnADeploymentThatWasTried_IsARepeat()
    {
        var choice = Choice(Route(("a", 0, 1), ("b", 1, 1)));

        var repeats = Enumerable.Range(0, 4).Select(_ => (choice.Next().Name, choice.IsRepeat)).ToList();

        Assert.Equal([("a", false), ("b", false), ("a", true), ("b", true)], repeats);
    }

    [Fact]
    public void Route_OfSixtyFourDeployments_AsksEachOnce()
    {
        var route = Route([.. Enumerable.Range(0, Gateway.Routing.Route.MaxTargets).Select(i => ($"d{i}", i / 10, 1))]);
        var choice = Choice(route);

        var asked = Enumerable.Range(0, 64).Select(_ => (choice.Next().Name, choice.IsRepeat)).ToList();

        Assert.Equal(64, asked.Distinct().Count());
        Assert.DoesNotContain(asked, attempt => attempt.IsRepeat);
        choice.Next();
        Assert.True(choice.IsRepeat);
    }

    [Fact]
    public void Probe_WhenItsTimeHasCome_IsOneTurn()
    {
        var route = Route(("a", 0, 1), ("b", 1, 1));
        Health(route, "a").Missing();
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal("a", Choice(route).Next().Name);
        for (var i = 0; i < 10; i++) Assert.Equal("b", Choice(route).Next().Name);
        Health(route, "a").Succeeded(TimeSpan.FromMilliseconds(300), PromptBytes);
        Assert.Equal("a", Choice(route).Next().Name);
    }

    [Fact]
    public void Probe_AmongManyThreads_IsOneTurn()
    {
        var route = Route(("a", 0, 1), ("b", 1, 1));
        Health(route, "a").Missing();
        _time.Advance(TimeSpan.FromSeconds(5));
        var probes = 0;

        Parallel.For(0, 1000, _ =>
        {
            if (Choice(route).Next().Name == "a") Interlocked.Increment(ref probes);
        });

        Assert.Equal(1, probes);
    }

    [Fact]
    public void HedgeDelay_IsThatOfTheFirstDeployment()
    {
        var route = Route(("a", 0, 1), ("b", 1, 1));
        Health(route, "a").Usually(350);
        Health(route, "b").Usually(900);
        var choice = Choice(route);
        choice.Next();
        var delay = choice.HedgeDelay;
        choice.Next();

        Assert.InRange(delay.TotalMilliseconds, 300, 400);
        Assert.Equal(delay, choice.HedgeDelay);
    }

    [Theory]
    [InlineData("a0 b1", "", true)]
    [InlineData("a0", "", true)]
    [InlineData("a0 b0", "a:429:5", true)]
    [InlineData("a0 b1", "a:429:5", true)]
    [InlineData("a0 b0", "a:429:5 b:429:5", false)]
    [InlineData("a0 b1", "a:404 b:429:5", false)]
    [InlineData("a0", "a:429:5", false)]
    public void Hedge_WhereNobodyElseCanAnswer_IsNotMade(string deployments, string wrong, bool may)
    {
        var route = Route([.. deployments.Split(' ').Select(name => (name[..1], name[1] - '0', 1))]);
        var choice = Choice(route);
        choice.Next();
        foreach (var fault in wrong.Split(' ', StringSplitOptions.RemoveEmptyEntries)) Break(Health(route, fault[..1]), fault[2..]);

        Assert.Equal(may, choice.MayHedge());
        Assert.Equal(may ? 19 : 20, Hedges(route));
    }

    [Fact]
    public void Hedges_OfManyTurns_KeepToTheBudget()
    {
        var route = Route(("a", 0, 1), ("b", 1, 1));
        var hedges = 0;

        for (var turn = 0; turn < 1000; turn++)
        {
            var choice = Choice(route);
            choice.Next();
            if (!choice.MayHedge()) continue;
            choice.Next();
            hedges++;
        }

        Assert.InRange(hedges, 100, 120);
    }

    [Fact]
    public void HealthyTurn_OnTheWarmPath_AllocatesNothing()
    {
        Assert.Equal(0, Allocations.Least(WarmRoute, static route => Turns(route, 1000)));

        Route WarmRoute()
        {
            var route = Route(("a", 0, 1), ("b", 0, 3), ("c", 1, 1));
            Turns(route, 100);
            return route;
        }

        static void Turns(Route route, int count)
        {
            for (var i = 0; i < count; i++)
            {
                var choice = new DeploymentChoice(route, "conv_01k0example", PromptBytes);
                var deployment = choice.Next();
                deployment.Health.NoteLimits("249", "1");
                deployment.Health.Succeeded(choice.HedgeDelay, PromptBytes);
            }
        }
    }

    private Route Route(params (string Name, int Priority, int Weight)[] targets) =>
        new("m", targets.Select(target => new RouteTarget(_time.Deployment(target.Name), target.Priority, target.Weight)), hedgePercent: 10);

    private static DeploymentChoice Choice(Route route) => new(route, "conv_1", PromptBytes);

    private static DeploymentHealth Health(Route route, string name) => Array.Find(route.Targets.ToArray(), target => target.Deployment.Name == name)!.Deployment.Health;

    private static int Hedges(Route route)
    {
        var hedges = 0;
        while (route.HedgeBudget.TryTake()) hedges++;
        return hedges;
    }

    private static void Break(DeploymentHealth health, string fault)
    {
        if (fault == "404") health.Missing();
        else if (fault == "503") health.FailedByItself(5);
        else health.RateLimited(int.Parse(fault["429:".Length..], System.Globalization.CultureInfo.InvariantCulture));
    }
}
