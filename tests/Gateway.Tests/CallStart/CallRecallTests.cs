using Gateway.CallStart;
using Gateway.EndUsers;
using Gateway.Memory;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.CallStart;

public sealed class CallRecallTests
{
    private static readonly EndUser User = new("voice", "key", EndUserTrust.Phone);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Recall_OfANumber_IsLowRiskFactsAlone()
    {
        var (outcome, facts) = await RecallAsync(CallStartHost.Knows(("preferred_name", "new"), ("iban", "DE1"), ("preferred_name", "old"), ("language", "pt-br")));

        Assert.Equal(RecallOutcome.Found, outcome);
        Assert.Equal([new("preferred_name", "new"), new("language", "pt-br")], facts);
    }

    [Fact]
    public async Task Recall_OfANameInOtherCapitals_IsTheNewestOfOne()
    {
        var (_, facts) = await RecallAsync(CallStartHost.Knows(("Preferred_Name", "new"), ("preferred_name", "old")));

        Assert.Equal("new", Assert.Single(facts).Value);
        Assert.Equal("new", facts["PREFERRED_NAME"]);
    }

    [Theory]
    [InlineData("German")]
    [InlineData("DE")]
    [InlineData("d-")]
    [InlineData("de-b")]
    [InlineData("")]
    [InlineData("German", "Language")]
    public async Task Language_ThatIsNoCode_IsNotKnown(string language, string name = "language")
    {
        var (outcome, facts) = await RecallAsync(CallStartHost.Knows((name, language)));

        Assert.Equal(RecallOutcome.Nothing, outcome);
        Assert.Empty(facts);
    }

    [Fact]
    public async Task Memory_ThatHangs_IsWaitedForUntilItsBudgetIsUpAndNotLonger()
    {
        var asked = new TaskCompletionSource<CancellationToken>(TaskCreationOptions.RunContinuationsAsynchronously);
        var recalling = RecallAsync((_, _, cancellationToken) =>
        {
            asked.SetResult(cancellationToken);
            return new TaskCompletionSource<Recollection>().Task.WaitAsync(cancellationToken);
        });
        var token = await asked.Task.WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);

        _time.Advance(TimeSpan.FromMilliseconds(299));
        Assert.False(recalling.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(RecallOutcome.Late, (await recalling.WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken)).Outcome);
        // It goes on for the first turn, and not for ever.
        Assert.False(token.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.True(token.IsCancellationRequested);
    }

    [Fact]
    public async Task Memory_ThatBlocksItsThread_IsWaitedForNotLonger()
    {
        using var released = new ManualResetEventSlim();
        var recalling = RecallAsync((_, _, _) =>
        {
            released.Wait(TestContext.Current.CancellationToken);
            return Task.FromResult(Recollection.Nothing);
        });

        _time.Advance(TimeSpan.FromMilliseconds(300));

        Assert.Equal(RecallOutcome.Late, (await recalling.WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken)).Outcome);
        released.Set();
    }

    [Fact]
    public async Task Memory_ThatFails_IsNoFailureOfTheCall()
    {
        RecallForCall[] failing =
        [
            (_, _, _) => throw new MemoryUnavailableException("away"),
            (_, _, _) => Task.FromException<Recollection>(new InvalidOperationException()),
            (_, _, _) => Task.FromException<Recollection>(new TimeoutException()),
            (_, _, _) => Task.FromCanceled<Recollection>(new CancellationToken(canceled: true)),
        ];

        foreach (var recall in failing) Assert.Equal(RecallOutcome.Failed, (await RecallAsync(recall)).Outcome);
    }

    private Task<(RecallOutcome Outcome, IReadOnlyDictionary<string, string> Facts)> RecallAsync(RecallForCall recall) =>
        new CallRecall(recall, LowRiskFacts.Of(new MemoryOptions()), new CallStartOptions().RecallBudget, _time).RecallAsync(User, "conv_1", TestContext.Current.CancellationToken);
}
