using Gateway.Routing;
using Gateway.Turns;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Routing;

public sealed class ProbeTests
{
    private const int PromptBytes = TestDeployments.PromptBytes;

    private readonly FakeTimeProvider _time = new();
    private readonly DeploymentHealth _health;

    public ProbeTests() => _health = new DeploymentHealth(_time);

    [Fact]
    public void Probe_WhileItIsOut_IsNobody()
    {
        _health.Missing();

        Assert.False(_health.Look(PromptBytes).ProbeIsDue);
        Assert.False(_health.TryProbe());
    }

    [Fact]
    public void Probe_WhenItsTimeHasCome_IsOneAttempt()
    {
        _health.Missing();
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(new HealthView(0, true, TimeSpan.Zero), _health.Look(PromptBytes));
        Assert.True(_health.TryProbe());
        Assert.False(_health.TryProbe());
        Assert.True(_health.IsOut());
    }

    [Fact]
    public void Probe_AmongManyThreads_IsOneAttempt()
    {
        _health.Missing();
        _time.Advance(TimeSpan.FromSeconds(5));
        var probes = 0;

        Parallel.For(0, 1000, _ =>
        {
            if (_health.TryProbe()) Interlocked.Increment(ref probes);
        });

        Assert.Equal(1, probes);
    }

    [Fact]
    public void Probe_ThatIsNeverHeardOf_IsFollowedByAnother()
    {
        _health.Missing();
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.True(_health.TryProbe());

        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.True(_health.TryProbe());
    }

    [Theory]
    [InlineData(nameof(AttemptOutcome.Misconfigured), 404)]
    [InlineData(nameof(AttemptOutcome.Unavailable), 503)]
    [InlineData(nameof(AttemptOutcome.Unreachable), 0)]
    public void Probes_ThatFail_GrowToAMinute(string outcome, int status)
    {
        _health.Missing();

        foreach (var seconds in new[] { 5, 10, 20, 40, 60, 60 })
        {
            AssertOutFor(seconds);
            Assert.True(_health.TryProbe());
            _health.Failed(Enum.Parse<AttemptOutcome>(outcome), status, retryAfter: null);
            // One that was under way beside the probe.
            _health.Failed(Enum.Parse<AttemptOutcome>(outcome), status, retryAfter: null);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(nameof(AttemptOutcome.Refused))]
    [InlineData(nameof(AttemptOutcome.Empty))]
    public void Probe_ThatIsAnswered_BringsItBack(string? outcome)
    {
        _health.Missing();
        AssertOutFor(5);
        Assert.True(_health.TryProbe());

        if (outcome is { } answered) _health.Failed(Enum.Parse<AttemptOutcome>(answered), 400, retryAfter: null);
        else _health.Succeeded(TimeSpan.FromMilliseconds(300), PromptBytes);

        Assert.Equal(new HealthView(0, false, TimeSpan.Zero), _health.Look(PromptBytes));
        _health.FailedByItself(4);
        Assert.False(_health.IsOut());
        _health.Missing();
        AssertOutFor(5);
    }

    [Fact]
    public void Probe_ThatIsRateLimited_WaitsAsAsked()
    {
        _health.Missing();
        AssertOutFor(5);
        Assert.True(_health.TryProbe());

        _health.RateLimited(30);

        AssertOutFor(30);
        Assert.True(_health.Look(PromptBytes).ProbeIsDue);
    }

    [Theory]
    [InlineData(401, "401, next probe in 5 s")]
    [InlineData(403, "403, next probe in 5 s")]
    [InlineData(404, "404, next probe in 5 s")]
    public void Outage_OfADeploymentToMend_SaysWhyAndUntilWhen(int status, string expected)
    {
        _health.Failed(AttemptOutcome.Misconfigured, status, retryAfter: null);
        Assert.Equal(expected, _health.Outage);

        _time.Advance(TimeSpan.FromSeconds(4.5));
        Assert.Equal($"{status}, next probe in 1 s", _health.Outage);
        _time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal($"{status}, next probe with the next turn", _health.Outage);
        _health.Answered();
        Assert.Null(_health.Outage);
    }

    [Fact]
    public void Outage_OfARateLimit_IsNone()
    {
        _health.RateLimited(30);

        Assert.Null(_health.Outage);
    }

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
