using Gateway.Routing;
using Gateway.Turns;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Routing;

public sealed class DeploymentHealthTests
{
    private const int PromptBytes = TestDeployments.PromptBytes;

    private readonly FakeTimeProvider _time = new();
    private readonly DeploymentHealth _health;

    public DeploymentHealthTests() => _health = new DeploymentHealth(_time);

    [Theory]
    // A rate limit: at once, for as long as is asked, within reason.
    [InlineData(nameof(AttemptOutcome.RateLimited), 429, 0.05, 1, 0.05)]
    [InlineData(nameof(AttemptOutcome.RateLimited), 429, 3.0, 1, 3)]
    [InlineData(nameof(AttemptOutcome.RateLimited), 429, null, 1, 10)]
    [InlineData(nameof(AttemptOutcome.RateLimited), 429, 86_400.0, 1, 60)]
    [InlineData(nameof(AttemptOutcome.RateLimited), 429, 0.0, 1, 0)]
    [InlineData(nameof(AttemptOutcome.RateLimited), 429, -5.0, 1, 0)]
    [InlineData(nameof(AttemptOutcome.RateLimited), 429, 2.0, 9, 2)]
    // What the operator has to mend: at once.
    [InlineData(nameof(AttemptOutcome.Misconfigured), 401, null, 1, 5)]
    [InlineData(nameof(AttemptOutcome.Misconfigured), 403, null, 1, 5)]
    [InlineData(nameof(AttemptOutcome.Misconfigured), 404, null, 1, 5)]
    [InlineData(nameof(AttemptOutcome.Misconfigured), 404, null, 9, 5)]
    // Faults: five in a row.
    [InlineData(nameof(AttemptOutcome.Unavailable), 500, null, 4, 0)]
    [InlineData(nameof(AttemptOutcome.Unavailable), 500, null, 5, 5)]
    [InlineData(nameof(AttemptOutcome.Unavailable), 500, null, 100, 5)]
    [InlineData(nameof(AttemptOutcome.Unavailable), 503, 7.0, 1, 7)]
    [InlineData(nameof(AttemptOutcome.Unreachable), 0, null, 4, 0)]
    [InlineData(nameof(AttemptOutcome.Unreachable), 0, null, 5, 5)]
    [InlineData(nameof(AttemptOutcome.TimedOut), 408, null, 5, 5)]
    [InlineData(nameof(AttemptOutcome.Stalled), 200, null, 5, 5)]
    [InlineData(nameof(AttemptOutcome.Cut), 200, null, 5, 5)]
    [InlineData(nameof(AttemptOutcome.Invalid), 302, null, 5, 5)]
    // The request's own fault, or nobody's.
    [InlineData(nameof(AttemptOutcome.Refused), 400, null, 100, 0)]
    [InlineData(nameof(AttemptOutcome.ContentFiltered), 400, null, 100, 0)]
    [InlineData(nameof(AttemptOutcome.Empty), 200, null, 100, 0)]
    [InlineData(nameof(AttemptOutcome.Completed), 200, null, 100, 0)]
    [InlineData(nameof(AttemptOutcome.Interrupted), 0, null, 100, 0)]
    [InlineData(nameof(AttemptOutcome.Failed), 0, null, 100, 0)]
    public void Deployment_Fails_IsOutFor(string outcome, int status, double? retryAfter, int times, double outFor)
    {
        for (var i = 0; i < times; i++) _health.Failed(Enum.Parse<AttemptOutcome>(outcome), status, retryAfter is { } wait ? TimeSpan.FromSeconds(wait) : null);

        AssertOutFor(outFor);
    }

    [Fact]
    public void RetryAfter_ShorterThanOneThatRuns_DoesNotEndIt()
    {
        _health.RateLimited(30);
        _health.RateLimited(1);

        AssertOutFor(30);
    }

    [Fact]
    public void Failures_WithASuccessBetween_AreNotInARow()
    {
        for (var i = 0; i < 10; i++)
        {
            _health.FailedByItself(4);
            _health.Succeeded(TimeSpan.FromMilliseconds(300), PromptBytes);
            _health.FailedByItself(4);
            _health.Answered();
        }

        Assert.False(_health.IsOut());
    }

    [Fact]
    public void Failures_WithARateLimitBetween_AreInARow()
    {
        _health.FailedByItself(4);
        _health.RateLimited(0);
        _health.FailedByItself();

        Assert.True(_health.IsOut());
    }

    [Theory]
    [InlineData("0", "7", 7)]
    [InlineData("0", "12ms", 0.012)]
    [InlineData("0", "3600", 60)]
    [InlineData("1", "7", 0)]
    [InlineData("999", "60", 0)]
    [InlineData("-1", "0", 0)]
    [InlineData("0", "0", 0)]
    [InlineData("0", null, 0)]
    [InlineData("0", "soon", 0)]
    [InlineData(null, "7", 0)]
    public void Limits_NothingRemains_IsOutUntilTheReset(string? remaining, string? reset, double outFor)
    {
        _health.NoteLimits(remaining, reset);

        AssertOutFor(outFor);
    }

    [Fact]
    public void HedgeDelay_NothingKnown_IsTheFirst() => Assert.Equal(750, _health.HedgeDelay(PromptBytes).TotalMilliseconds);

    [Theory]
    [InlineData(60, 300)]
    [InlineData(5000, 1000)]
    public void HedgeDelay_OfFastAndSlowDeployments_IsWithinBounds(double usually, double expected)
    {
        _health.Usually(usually);

        Assert.Equal(expected, _health.HedgeDelay(PromptBytes).TotalMilliseconds);
    }

    [Fact]
    public void HedgeDelay_OfOneSize_SaysNothingOfAnother()
    {
        _health.Usually(400, promptBytes: 7000);
        _health.Usually(900, promptBytes: 200_000);

        Assert.InRange(_health.HedgeDelay(8191).TotalMilliseconds, 362, 431);
        Assert.Equal(750, _health.HedgeDelay(8192).TotalMilliseconds);
        Assert.Equal(750, _health.HedgeDelay(131_071).TotalMilliseconds);
        Assert.InRange(_health.HedgeDelay(131_072).TotalMilliseconds, 861, 1000);
    }

    [Theory]
    // Longer than nearly all that came: it takes calls and says nothing.
    [InlineData(1100, true)]
    // No longer than many that came.
    [InlineData(400, false)]
    [InlineData(100, false)]
    public void Attempts_AllGivenUp_AreFailuresWhereTheyTookLong(double waited, bool isOut)
    {
        _health.Usually(500);

        for (var i = 0; i < 5; i++) Cancel(waited);

        Assert.Equal(isOut, _health.IsOut());
        Assert.Equal(isOut ? "TimedOut, next probe in 5 s" : null, _health.Outage);
    }

    [Theory]
    [InlineData(1100, false)]
    [InlineData(2100, true)]
    public void Attempts_AllGivenUpWhereNothingIsKnown_AreFailuresWhereTheyStalled(double waited, bool isOut)
    {
        for (var i = 0; i < 5; i++) Cancel(waited);

        Assert.Equal(isOut, _health.IsOut());
    }

    [Fact]
    public void Attempts_GivenUpSoon_AreNoEstimate()
    {
        for (var i = 0; i < 100; i++) Cancel(299);

        Assert.Equal(TimeSpan.Zero, _health.Look(PromptBytes).Typical);
    }

    private void Cancel(double waited) => _health.Cancelled(TimeSpan.FromMilliseconds(waited), PromptBytes);

    private void AssertOutFor(double seconds)
    {
        if (seconds > 0)
        {
            _time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
            Assert.True(_health.IsOut());
            _time.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.False(_health.IsOut());
    }
}
