using Gateway.Routing;

namespace Gateway.Tests.Routing;

public sealed class RendezvousTests
{
    [Theory]
    [InlineData("", 14695981039346656037)]
    [InlineData("a", 12638187200555641996)]
    [InlineData("foobar", 9625390261332436968)]
    public void Hash_OfAText_IsThatOfEachProcess(string text, ulong expected) => Assert.Equal(expected, Rendezvous.Hash(text));

    [Fact]
    public void Distance_OverConversations_IsExponentialWithTheWeightAsItsRate()
    {
        const int Conversations = 20_000;
        var deployment = Rendezvous.Hash("gpt-5.4-mini");

        var distances = Enumerable.Range(0, Conversations).Select(i => Rendezvous.Distance(Rendezvous.Hash($"conv_{i}"), deployment, weight: 4)).Order().ToArray();

        Assert.Equal(0.25, distances.Average(), 0.25 * 0.03);
        Assert.Equal(Math.Log(2) / 4, distances[Conversations / 2], 0.25 * 0.03);
    }
}
