using Gateway.Turns;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Turns;

public sealed class TurnDeadlineTests : IDisposable
{
    private static readonly TurnLimits Limits = new(FirstOutput: Seconds(5), Answer: Seconds(8), Stall: Seconds(2), Total: Seconds(10));

    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _attempt = new();
    private readonly TurnDeadline _deadline;

    public TurnDeadlineTests() => _deadline = new TurnDeadline(_time);

    public void Dispose()
    {
        _deadline.Dispose();
        _attempt.Dispose();
    }

    [Fact]
    public void Total_NothingElseAsked_EndsTheTurn()
    {
        _deadline.Set(Limits);

        AssertEndsAfter(Seconds(10), TurnEnd.TimeUp, AttemptOutcome.TimedOut);
    }

    [Fact]
    public void Total_CountsFromTheArrival()
    {
        _time.Advance(Seconds(4));
        _deadline.Set(Limits);

        AssertEndsAfter(Seconds(6), TurnEnd.TimeUp, AttemptOutcome.TimedOut);
    }

    [Fact]
    public void CallerUnknown_LongestTurnEndsIt() => AssertEndsAfter(Seconds(220), TurnEnd.TimeUp, AttemptOutcome.TimedOut);

    [Fact]
    public void FirstToken_Late_EndsTheTurn()
    {
        _time.Advance(Seconds(1));
        _deadline.Set(Limits);
        _deadline.AwaitFirstOutput(Limits.FirstOutput);

        AssertEndsAfter(Seconds(4), TurnEnd.FirstOutputLate, AttemptOutcome.TimedOut);
    }

    [Fact]
    public void FirstToken_ReasoningOnly_IsStillAwaited()
    {
        _deadline.Set(Limits);
        _deadline.AwaitFirstOutput(Limits.FirstOutput);
        for (var second = 1; second <= 4; second++)
        {
            _time.Advance(Seconds(1));
            _deadline.Progress(meaningful: false);
        }

        AssertEndsAfter(Seconds(1), TurnEnd.FirstOutputLate, AttemptOutcome.TimedOut);
    }

    [Fact]
    public void Stall_NoDeltaAfterOne_EndsTheAttemptAndNotTheTurn()
    {
        _deadline.Set(Limits);
        _deadline.AwaitFirstOutput(Limits.FirstOutput);
        _time.Advance(Seconds(1));
        Assert.True(_deadline.TryChoose(_attempt, meaningful: true, TimeSpan.Zero));
        _time.Advance(Seconds(1.5));
        _deadline.Progress(meaningful: true);

        AssertStallsAfter(Seconds(2));
    }

    [Fact]
    public void Progress_UpToTheTotal_IsCutByIt()
    {
        _deadline.Set(Limits);
        for (var second = 1; second <= 9; second++)
        {
            _time.Advance(Seconds(1));
            _deadline.Progress(meaningful: true);
        }

        AssertEndsAfter(Seconds(1), TurnEnd.TimeUp, AttemptOutcome.TimedOut);
    }

    [Fact]
    public void Write_TakesLongerThanAStall_BlamesTheCaller()
    {
        _deadline.Set(Limits);
        _deadline.Progress(meaningful: true);
        _time.Advance(Seconds(1.9));
        _deadline.BeginWrite();

        AssertEndsAfter(Seconds(2), TurnEnd.CallerStalled, AttemptOutcome.Interrupted);
    }

    [Fact]
    public void Write_InFrontOfAnyProgress_BlamesTheCaller()
    {
        _deadline.Set(Limits);
        _deadline.BeginWrite();

        AssertEndsAfter(Seconds(2), TurnEnd.CallerStalled, AttemptOutcome.Interrupted);
    }

    [Fact]
    public void Write_ThatEnds_GivesTheUpstreamItsTimeBackAndNoMore()
    {
        _deadline.Set(Limits);
        Assert.True(_deadline.TryChoose(_attempt, meaningful: true, TimeSpan.Zero));
        _time.Advance(Seconds(1));
        _deadline.BeginWrite();
        _time.Advance(Seconds(1.5));
        _deadline.EndWrite();

        AssertStallsAfter(Seconds(1));
    }

    [Fact]
    public void Write_UnderWayWhenTheTimeIsUp_KeepsTheTimeOfAWrite()
    {
        _deadline.Set(Limits);
        _time.Advance(Seconds(9));
        _deadline.BeginWrite();
        _time.Advance(Seconds(1.5));

        Assert.Equal(TurnEnd.TimeUp, _deadline.End);
        Assert.True(_deadline.Token.IsCancellationRequested);
        Assert.False(_deadline.WriteToken.IsCancellationRequested);

        _time.Advance(Seconds(0.5));
        Assert.True(_deadline.WriteToken.IsCancellationRequested);
        Assert.Equal(TurnEnd.CallerStalled, _deadline.End);
    }

    [Fact]
    public void Write_BegunAfterTheTimeWasUp_HasTheTimeOfAWrite()
    {
        _deadline.Set(Limits);
        _deadline.Progress(meaningful: true);
        _time.Advance(Seconds(10));
        _deadline.BeginWrite();
        _time.Advance(Seconds(1.9));
        Assert.False(_deadline.WriteToken.IsCancellationRequested);

        _time.Advance(Seconds(0.1));
        Assert.True(_deadline.WriteToken.IsCancellationRequested);
    }

    [Fact]
    public void HangUp_EndsAtOnceAndKeepsItsReason()
    {
        _deadline.Set(Limits);
        _deadline.HangUp();
        _time.Advance(Seconds(60));

        Assert.True(_deadline.Token.IsCancellationRequested);
        Assert.Equal(TurnEnd.HungUp, _deadline.End);
        Assert.Equal(AttemptOutcome.Interrupted, _deadline.Outcome);
    }

    [Fact]
    public void Dispose_NoTimerIsLeft()
    {
        _deadline.Set(Limits);
        _deadline.Dispose();
        _time.Advance(Seconds(60));

        Assert.Equal(TurnEnd.None, _deadline.End);
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private void AssertStallsAfter(TimeSpan span)
    {
        _time.Advance(span - TimeSpan.FromMilliseconds(1));
        Assert.False(_attempt.IsCancellationRequested);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(_attempt.IsCancellationRequested);
        Assert.Equal(AttemptOutcome.Stalled, _deadline.Outcome);
        Assert.Equal(TurnEnd.None, _deadline.End);
    }

    private void AssertEndsAfter(TimeSpan span, TurnEnd end, AttemptOutcome outcome)
    {
        _time.Advance(span - TimeSpan.FromMilliseconds(1));
        Assert.Equal(TurnEnd.None, _deadline.End);
        Assert.False(_deadline.Token.IsCancellationRequested);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(end, _deadline.End);
        Assert.Equal(outcome, _deadline.Outcome);
        Assert.True(_deadline.Token.IsCancellationRequested);
    }
}
