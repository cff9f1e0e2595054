using Gateway.EndUsers;
using Gateway.Memory;
using Gateway.Tests.EndUsers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Memory;

public sealed class ConversationRecallsTests : IDisposable
{
    private readonly Identities _identities = new();
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    [Fact]
    public async Task Kept_ManyConversations_AreNoMoreThanTheBound()
    {
        using var recalls = Recalls(new ScriptedMemory(Recollection.Nothing));
        foreach (var i in Enumerable.Range(0, ConversationRecalls.MostConversations + 500))
            await recalls.Begin(new EndUser("voice", "key", EndUserTrust.Signed), $"conv_{i}")!.Result;

        Assert.InRange(recalls.Count, 1, ConversationRecalls.MostConversations);
    }

    [Fact]
    public async Task Kept_OfAMemoryThatKnowsMuch_IsNoMoreThanCallsAndTurnsUse()
    {
        var known = new Recollection(
            [KeyValuePair.Create("Language", "de"), .. Enumerable.Range(0, 1000).Select(static i => KeyValuePair.Create($"fact {i}", new string('f', 300)))],
            [.. Enumerable.Repeat(new string('n', 2000), 1000)]);
        using var recalls = Recalls(new ScriptedMemory(known));
        var user = new EndUser("voice", "key", EndUserTrust.Signed);

        var recalled = await recalls.Begin(user, "conv_1")!.Result;
        Assert.Equal(["Language"], recalled.LowRisk.Select(static fact => fact.Key));
        Assert.InRange(recalled.Notes.Length, 1, 4096);

        var atTheStart = await recalls.RecallAsync(user, "conv_1", TestContext.Current.CancellationToken);
        Assert.Equal(recalled.LowRisk, atTheStart.Facts);
        Assert.Empty(atTheStart.Notes);
    }

    [Fact]
    public async Task Kept_RecallsOfOneKey_AreApartByTrustConversationAndUser()
    {
        var memory = new ScriptedMemory(Recollection.Nothing);
        using var recalls = Recalls(memory);
        foreach (var _ in Enumerable.Range(0, 2))
        {
            foreach (var key in new[] { "a", "b" })
            {
                foreach (var conversation in new[] { "conv_1", "conv_2", null })
                {
                    await recalls.Begin(new EndUser("voice", key, EndUserTrust.Signed), conversation)!.Result;
                    await recalls.Begin(new EndUser("voice", key, EndUserTrust.Phone), conversation)!.Result;
                }
            }
        }

        Assert.Equal(12, memory.Asked);
    }

    [Fact]
    public async Task Recall_ThatNeverEnds_IsGivenUp()
    {
        var memory = new ScriptedMemory((_, _) => new TaskCompletionSource<Recollection>().Task);
        using var recalls = Recalls(memory);
        var user = new EndUser("voice", "key", EndUserTrust.Signed);
        var recall = recalls.Begin(user, "conv_1")!;
        await memory.AskedAsync();

        while (!recall.Result.IsCompleted)
        {
            _identities.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        Assert.Equal(MemoryOutcome.Failed, (await recall.Result).Outcome);
        Assert.Null(recalls.Begin(user, "conv_1"));
    }

    [Fact]
    public async Task Forget_OfAnEndUser_DropsAllOfTheirsAndWhatIsUnderWay()
    {
        var known = new Recollection([KeyValuePair.Create("name", "Anna")], []);
        var underWay = new TaskCompletionSource<Recollection>();
        var memory = new ScriptedMemory((number, _) => number == 2 ? underWay.Task : Task.FromResult(known));
        using var recalls = Recalls(memory);
        var (anna, ben) = (new EndUser("voice", "a", EndUserTrust.Signed), new EndUser("voice", "b", EndUserTrust.Signed));
        await recalls.Begin(ben, "conv_1")!.Result;
        Assert.Equal(MemoryOutcome.Found, (await recalls.Begin(anna, "conv_1")!.Result).Outcome);
        var late = recalls.Begin(anna, "conv_2")!;

        recalls.Forget("a");
        underWay.SetResult(known);

        Assert.Equal(MemoryOutcome.None, (await late.Result).Outcome);
        Assert.Equal(1, recalls.Count);
        await recalls.Begin(anna, "conv_1")!.Result;
        await recalls.Begin(anna, "conv_2")!.Result;
        await recalls.Begin(ben, "conv_1")!.Result;
        Assert.Equal(5, memory.Asked);
    }

    [Fact]
    public async Task Kept_InACallWithoutEnd_IsRecalledAnewAfterItsTime()
    {
        var memory = new ScriptedMemory(Recollection.Nothing);
        using var recalls = Recalls(memory);
        for (var elapsed = TimeSpan.Zero; elapsed < ConversationRecalls.LongestKept; elapsed += TimeSpan.FromMinutes(5))
        {
            await recalls.Begin(new EndUser("voice", "key", EndUserTrust.Signed), "conv_1")!.Result;
            Assert.Equal(1, memory.Asked);
            _identities.Time.Advance(TimeSpan.FromMinutes(5));
        }

        await recalls.Begin(new EndUser("voice", "key", EndUserTrust.Signed), "conv_1")!.Result;
        Assert.Equal(2, memory.Asked);
    }

    public void Dispose()
    {
        _identities.Dispose();
        _services.Dispose();
    }

    private ConversationRecalls Recalls(IMemory provider) => new(
        new CallerMemory("voice", new MemoryOptions(), provider, _identities.Tokens, _identities.Ids, _identities.Time, NullLogger.Instance),
        new MemoryMetrics(_services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>()),
        _identities.Time,
        NullLogger.Instance);
}
