using Gateway.Turns;

namespace Gateway.Routing;

/// <summary>
/// What this instance has seen of a deployment: whether it may be asked, and how fast it is. Attempts tell it; there is no timer and no call
/// of its own. Safe for threads.
/// </summary>
internal sealed class DeploymentHealth(TimeProvider time)
{
    /// <summary>The shortest and the longest time after which a second attempt starts beside one that has no token.</summary>
    public static readonly TimeSpan ShortestHedgeDelay = TimeSpan.FromMilliseconds(300), LongestHedgeDelay = TimeSpan.FromMilliseconds(1000);

    // Until enough attempts were seen: between p95 of a fast model and of a slow one. Too long costs few turns, and only at the start.
    private static readonly TimeSpan FirstHedgeDelay = TimeSpan.FromMilliseconds(750);

    // A 429 that names no time. Azure counts requests over 1 or 10 s (learn.microsoft.com, quota: "typically 1 or 10 seconds"): after the longer
    // of the two it is another count.
    private static readonly TimeSpan DefaultCooldown = TimeSpan.FromSeconds(10);

    // Limits are per minute. What names a longer time (a free tier says a day) is asked again after one, by one turn's attempt.
    private static readonly TimeSpan LongestCooldown = TimeSpan.FromMinutes(1);

    // Envoy's default for outliers (consecutive_5xx). Where a twentieth of the attempts fail by chance, it is reached once in three million.
    private const int MostFailures = 5;

    // Roles and new deployments take minutes to spread, and a probe costs a turn the time of an attempt.
    private static readonly TimeSpan FirstOutage = TimeSpan.FromSeconds(5), LongestOutage = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    // Below 8 KB, 32 KB, 128 KB and above: a prompt of some 2,000, 8,000 and 32,000 tokens; reading it is what the time grows with.
    private readonly FirstTokenTimes[] _times = [new(time), new(time), new(time), new(time)];
    private long _coolUntil;
    private long _outUntil;
    // How long it is out; zero: it is not. Grows with each probe that fails.
    private TimeSpan _outage;
    private bool _probing;
    private int _failures;
    private AttemptOutcome _lastFailure;
    private int _lastStatus;

    /// <summary>Why and for how long it is out for a fault, in a few words; null where it is not. A rate limit is no fault.</summary>
    public string? Outage
    {
        get
        {
            lock (_lock)
            {
                if (_outage == TimeSpan.Zero) return null;
                var left = time.GetElapsedTime(time.GetTimestamp(), _outUntil);
                var next = left > TimeSpan.Zero ? $"in {Math.Ceiling(left.TotalSeconds):0} s" : "with the next turn";
                return $"{(_lastStatus > 0 ? $"{_lastStatus}" : _lastFailure)}, next probe {next}";
            }
        }
    }

    /// <summary>The first meaningful token came.</summary>
    public void Succeeded(TimeSpan timeToFirstToken, int promptBytes)
    {
        lock (_lock)
        {
            TimesFor(promptBytes).Came(timeToFirstToken);
            Restore();
        }
    }

    /// <summary>It answered, in a way that says nothing of its first token: with a whole completion.</summary>
    public void Answered()
    {
        lock (_lock) Restore();
    }

    /// <summary>An attempt ended without an answer that is one. Where the request is to blame, or nothing was said, the deployment did well.</summary>
    /// <param name="outcome">How.</param>
    /// <param name="status">The status of the response; 0 where there was none.</param>
    /// <param name="retryAfter">What the response asks to wait.</param>
    public void Failed(AttemptOutcome outcome, int status, TimeSpan? retryAfter)
    {
        lock (_lock)
        {
            switch (outcome)
            {
                case AttemptOutcome.RateLimited:
                    CoolDown(retryAfter ?? DefaultCooldown);
                    break;
                case AttemptOutcome.Misconfigured:
                    Exclude(outcome, status);
                    break;
                case AttemptOutcome.Unavailable or AttemptOutcome.Unreachable or AttemptOutcome.TimedOut or AttemptOutcome.Stalled or AttemptOutcome.Cut or AttemptOutcome.Invalid:
                    if (retryAfter is { } wait) CoolDown(wait);
                    CountFailure(outcome, status);
                    break;
                case AttemptOutcome.Refused or AttemptOutcome.ContentFiltered or AttemptOutcome.Empty or AttemptOutcome.Completed:
                    Restore();
                    break;
            }
        }
    }

    /// <summary>An attempt was given up before its first token: another was faster, the caller hung up, or the turn's time was up.</summary>
    public void Cancelled(TimeSpan waited, int promptBytes)
    {
        // Nobody would have called it slow yet. A caller who hangs up again and again must not fill the estimate with nothing.
        if (waited < ShortestHedgeDelay) return;

        lock (_lock)
        {
            var times = TimesFor(promptBytes);
            var slow = times.IsKnown ? times.Slow : FirstTokenTimes.Horizon;
            times.Left(waited);
            // An upstream that takes calls and says nothing never fails by itself: each attempt loses its race.
            if (waited >= slow) CountFailure(AttemptOutcome.TimedOut, status: 0);
        }
    }

    /// <summary>
    /// What a response says of one limit: <c>x-ratelimit-remaining-*</c> and <c>x-ratelimit-reset-*</c>. Where nothing remains the next attempt
    /// would be refused. Azure also writes -1, and 0 with a reset of 0, where it does not know.
    /// </summary>
    public void NoteLimits(string? remaining, string? reset)
    {
        if (remaining != "0" || LimitReset.Parse(reset) is not { } wait) return;
        lock (_lock) CoolDown(wait);
    }

    /// <summary>How long an attempt may take without a token before a second one starts beside it.</summary>
    public TimeSpan HedgeDelay(int promptBytes)
    {
        lock (_lock)
        {
            var times = TimesFor(promptBytes);
            if (!times.IsKnown) return FirstHedgeDelay;
            return times.Slow < ShortestHedgeDelay ? ShortestHedgeDelay : times.Slow > LongestHedgeDelay ? LongestHedgeDelay : times.Slow;
        }
    }

    public HealthView Look(int promptBytes)
    {
        lock (_lock)
        {
            var times = TimesFor(promptBytes);
            var until = Math.Max(_coolUntil, _outUntil);
            if (until > 0 && until <= time.GetTimestamp()) until = 0;
            return new HealthView(until, until == 0 && _outage > TimeSpan.Zero, times.IsKnown ? times.Typical : TimeSpan.Zero);
        }
    }

    /// <summary>Whether the caller's attempt is the one that finds out whether the deployment is back.</summary>
    public bool TryProbe()
    {
        lock (_lock)
        {
            if (_outage == TimeSpan.Zero) return true;
            var now = time.GetTimestamp();
            if (now < _outUntil) return false;
            // Until it is told how the probe went, the deployment is out as before: a probe that nobody hears of again holds up nothing.
            _probing = true;
            _outUntil = After(now, _outage);
            return true;
        }
    }

    private FirstTokenTimes TimesFor(int promptBytes) => _times[promptBytes switch { < 8 << 10 => 0, < 32 << 10 => 1, < 128 << 10 => 2, _ => 3 }];

    private void CoolDown(TimeSpan wait) =>
        _coolUntil = Math.Max(_coolUntil, After(time.GetTimestamp(), wait < LongestCooldown ? wait : LongestCooldown));

    private void CountFailure(AttemptOutcome outcome, int status)
    {
        if (++_failures >= MostFailures || _probing) Exclude(outcome, status);
    }

    private void Exclude(AttemptOutcome outcome, int status)
    {
        // Attempts that were under way when it went out say nothing new: a hundred of them would make five seconds a minute.
        if (_outage > TimeSpan.Zero && !_probing) return;

        _outage = _outage == TimeSpan.Zero ? FirstOutage : _outage * 2 < LongestOutage ? _outage * 2 : LongestOutage;
        _outUntil = After(time.GetTimestamp(), _outage);
        _probing = false;
        (_lastFailure, _lastStatus) = (outcome, status);
    }

    private void Restore()
    {
        _failures = 0;
        _outage = TimeSpan.Zero;
        _outUntil = 0;
        _probing = false;
    }

    private long After(long now, TimeSpan span) => now + (long)(span.TotalSeconds * time.TimestampFrequency);
}
