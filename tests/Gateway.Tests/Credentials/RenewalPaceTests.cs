using Gateway.Credentials;

namespace Gateway.Tests.Credentials;

public sealed class RenewalPaceTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly PacedClock _clock = new();

    [Fact]
    public void RetryDelay_Failures_GrowsTo15Seconds() =>
        Assert.Equal([1, 2, 4, 8, 15, 15, 15], Enumerable.Range(1, 7).Select(failures => RenewalPace.RetryDelay(failures).TotalSeconds));

    [Fact]
    public async Task Pause_Undisturbed_LastsItsTime()
    {
        var pace = new RenewalPace(_clock);
        var pause = pace.PauseAsync(Minute, wakeable: true, TestContext.Current.CancellationToken);

        _clock.Advance(Minute - TimeSpan.FromSeconds(1));
        Assert.False(pause.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.False(await pause.Soon());
    }

    [Fact]
    public async Task Wake_DuringAPause_CutsItShort()
    {
        var pace = new RenewalPace(_clock);
        var pause = pace.PauseAsync(Minute, wakeable: true, TestContext.Current.CancellationToken);

        Assert.True(pace.Wake());

        Assert.True(await pause.Soon());
        await _clock.GivenUpAsync(Minute, 1);
    }

    [Fact]
    public async Task Wake_Again_WorksAfter30Seconds()
    {
        var pace = new RenewalPace(_clock);
        var first = pace.PauseAsync(Minute, wakeable: true, TestContext.Current.CancellationToken);
        Assert.True(pace.Wake());
        await first.Soon();
        var second = pace.PauseAsync(Minute, wakeable: true, TestContext.Current.CancellationToken);

        Assert.False(pace.Wake());
        _clock.Advance(TimeSpan.FromSeconds(29.9));
        Assert.False(pace.Wake());
        _clock.Advance(TimeSpan.FromSeconds(0.1));

        Assert.True(pace.Wake());
        Assert.True(await second.Soon());
    }

    [Fact]
    public async Task Wake_PauseNotWakeable_DoesNothing()
    {
        var pace = new RenewalPace(_clock);
        var pause = pace.PauseAsync(Minute, wakeable: false, TestContext.Current.CancellationToken);

        Assert.False(pace.Wake());

        _clock.Advance(Minute);
        Assert.False(await pause.Soon());
    }

    [Fact]
    public async Task Wake_BetweenPauses_IsForgottenAndUsesUpNothing()
    {
        var pace = new RenewalPace(_clock);
        Assert.False(pace.Wake());

        var pause = pace.PauseAsync(Minute, wakeable: true, TestContext.Current.CancellationToken);

        Assert.False(pause.IsCompleted);
        Assert.True(pace.Wake());
        Assert.True(await pause.Soon());
        Assert.False(pace.Wake());
    }

    [Fact]
    public async Task Pause_Stopped_Throws()
    {
        var pace = new RenewalPace(_clock);
        using var stopping = new CancellationTokenSource();
        var pause = pace.PauseAsync(Minute, wakeable: true, stopping.Token);

        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pause.Soon());
    }
}
