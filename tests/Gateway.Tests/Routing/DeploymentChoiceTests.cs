using Gateway.Routing;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Routing;

public sealed class DeploymentChoiceTests
{
    private const int Conversations = 20_000;
    private const int PromptBytes = TestDeployments.PromptBytes;

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Conversation_OnEveryInstance_MeetsTheSameDeployment()
    {
        var first = Route(("a", 0, 1), ("b", 0, 1), ("c", 0, 1));
        var second = Route(("c", 0, 1), ("a", 0, 1), ("b", 0, 1));

        Assert.Equal(Firsts(first), Firsts(second));
    }

    [Fact]
    public void Conversations_OverWeights_AreSharedByThem()
    {
        var shares = Firsts(Route(("a", 0, 1), ("b", 0, 2), ("c", 0, 5))).CountBy(name => name).ToDictionary();

        Assert.Equal(Conversations / 8.0, shares["a"], 0.05 * Conversations / 8);
        Assert.Equal(Conversations / 4.0, shares["b"], 0.05 * Conversations / 4);
        Assert.Equal(Conversations * 5 / 8.0, shares["c"], 0.05 * Conversations * 5 / 8);
    }

    [Fact]
    public void Turns_OfNoConversation_AreSharedByWeights()
    {
        var route = Route(("a", 0, 1), ("b", 0, 3));
        var random = new Random(1);

        var toA = Enumerable.Range(0, Conversations).Count(_ => new DeploymentChoice(route, (ulong)random.NextInt64(), PromptBytes).Next().Name == "a");

        Assert.Equal(Conversations / 4.0, toA, 0.05 * Conversations / 4);
    }

    [Fact]
    public void Turns_OfNoConversation_DoNotAllMeetOneDeployment()
    {
        var route = Route(("a", 0, 1), ("b", 0, 1));

        Assert.Equal(2, Enumerable.Range(0, 200).Select(_ => new DeploymentChoice(route, conversationId: null, PromptBytes).Next().Name).Distinct().Count());
    }

    [Fact]
    public void Deployment_GoesAway_MovesItsOwnConversationsByWeights()
    {
        var all = Firsts(Route(("a", 0, 1), ("b", 0, 1), ("c", 0, 3)));
        var left = Firsts(Route(("a", 0, 1), ("c", 0, 3)));

        var moved = all.Zip(left).Where(pair => pair.First == "b").ToList();
        Assert.All(all.Zip(left), pair => Assert.True(pair.First == pair.Second || pair.First == "b"));
        Assert.Equal(Conversations / 5.0, moved.Count, 0.05 * Conversations / 5);
        Assert.Equal(moved.Count / 4.0, moved.Count(pair => pair.Second == "a"), 0.1 * moved.Count / 4);
    }

    [Fact]
    public void Deployment_IsOut_MovesItsOwnConversationsUntilItIsBack()
    {
        var route = Route(("a", 0, 1), ("b", 0, 1), ("c", 0, 1));
        var before = Firsts(route);

        Health(route, "b").RateLimited(10);
        var meanwhile = Firsts(route);
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.DoesNotContain("b", meanwhile);
        Assert.All(before.Zip(meanwhile), pair => Assert.True(pair.First == pair.Second || pair.First == "b"));
        Assert.Equal(before, Firsts(route));
    }

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

    [Theory]
    [InlineData(250, 900, false)]
    // Not twice as slow.
    [InlineData(600, 1100, true)]
    // Twice as slow, and nobody hears it.
    [InlineData(100, 300, true)]
    // Not known.
    [InlineData(0, 900, true)]
    [InlineData(250, 0, true)]
    public void Deployment_SlowerThanTheOtherOfItsGroup_KeepsItsConversations(double other, double own, bool keeps)
    {
        var route = Route(("a", 0, 1), ("b", 0, 1));
        var before = Firsts(route);
        if (other > 0) Health(route, "a").Usually(other);
        if (own > 0) Health(route, "b").Usually(own);

        var after = Firsts(route);

        Assert.Equal(keeps, after.Contains("b"));
        if (keeps) Assert.Equal(before, after);
    }

    [Fact]
    public void Deployment_LeftForBeingSlow_IsAskedAgainAfterAWhile()
    {
        var route = Route(("a", 0, 1), ("b", 0, 1));
        Health(route, "a").Usually(250);
        Health(route, "b").Usually(900);
        Assert.DoesNotContain("b", Firsts(route));

        _time.Advance(TimeSpan.FromMinutes(2));

        Assert.Contains("b", Firsts(route));
    }

    [Fact]
    public void Deployment_SlowerThanThatOfALowerGroup_KeepsItsConversations()
    {
        var route = Route(("large", 0, 1), ("small", 1, 1));
        Health(route, "large").Usually(1500);
        Health(route, "small").Usually(200);

        Assert.DoesNotContain("small", Firsts(route));
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
        var route = Route(("a", 0, 1), ("b", 0, 3), ("c", 1, 1));
        long Turns(int count)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < count; i++)
            {
                var choice = new DeploymentChoice(route, "conv_01k0example", PromptBytes);
                var deployment = choice.Next();
                deployment.Health.NoteLimits("249", "1");
                deployment.Health.Succeeded(choice.HedgeDelay, PromptBytes);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Turns(100);

        Assert.Equal(0, Turns(1000));
    }

    private Route Route(params (string Name, int Priority, int Weight)[] targets) =>
        new("m", targets.Select(target => new RouteTarget(_time.Deployment(target.Name), target.Priority, target.Weight)), hedgePercent: 10);

    private static DeploymentChoice Choice(Route route) => new(route, "conv_1", PromptBytes);

    private static DeploymentHealth Health(Route route, string name) => Array.Find(route.Targets.ToArray(), target => target.Deployment.Name == name)!.Deployment.Health;

    private static List<string> Firsts(Route route) =>
        [.. Enumerable.Range(0, Conversations).Select(i => new DeploymentChoice(route, $"conv_{i}", PromptBytes).Next().Name)];

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
