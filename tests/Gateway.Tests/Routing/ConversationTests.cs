using Gateway.Routing;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Routing;

public sealed class ConversationTests
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

    private Route Route(params (string Name, int Priority, int Weight)[] targets) =>
        new("m", targets.Select(target => new RouteTarget(_time.Deployment(target.Name), target.Priority, target.Weight)), hedgePercent: 10);

    private static DeploymentHealth Health(Route route, string name) => Array.Find(route.Targets.ToArray(), target => target.Deployment.Name == name)!.Deployment.Health;

    private static List<string> Firsts(Route route) =>
        [.. Enumerable.Range(0, Conversations).Select(i => new DeploymentChoice(route, $"conv_{i}", PromptBytes).Next().Name)];
}
