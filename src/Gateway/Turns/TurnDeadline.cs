using Gateway.Options;

namespace Gateway.Turns;

/// <summary>
/// The one clock of a turn: it ends the turn when the first token is late, a delta or a write stalls, the time is up, or the caller has
/// hung up, and says which it was. Progress is only a stored timestamp, and the timer looks at it when a limit may have passed:
/// setting a timer for each chunk would cost more than relaying it.
/// </summary>
internal sealed class TurnDeadline : IDisposable
{
    private const long Never = long.MaxValue;

    private readonly TimeProvider _time;
    // Not disposed: a timer that fires while the turn ends would then cancel a disposed source, and without a timer of its own it holds nothing.
    private readonly CancellationTokenSource _source = new();
    private readonly CancellationTokenSource _writing = new();
    private readonly ITimer _timer;
    private long _timerDue;
    private long _totalDue;
    private long _firstTokenDue = Never;
    private long _stall;
    private long _progressAt = Never;
    private long _writingSince = Never;

    public TurnDeadline(TimeProvider time)
    {
        _time = time;
        Started = time.GetTimestamp();
        // Until the caller is known, only the longest total counts.
        _totalDue = _timerDue = Started + Timestamps(CallerOptions.LongestTurn);
        _timer = time.CreateTimer(static state => ((TurnDeadline)state!).Check(), this, CallerOptions.LongestTurn, Timeout.InfiniteTimeSpan);
    }

    /// <summary>When the turn arrived, as a timestamp of the clock.</summary>
    public long Started { get; }

    public TimeSpan Elapsed => _time.GetElapsedTime(Started);

    /// <summary>Cancelled when the turn has to end.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>
    /// Cancelled when nobody reads what is written: a hang-up, or a write that took longer than a stall. Not when the turn's time is up, because a
    /// cancelled write costs the connection, on which that is still to be told.
    /// </summary>
    public CancellationToken WriteToken => _writing.Token;

    /// <summary>Why the turn has to end; <see cref="TurnEnd.None"/> while it does not.</summary>
    public TurnEnd End { get; private set; }

    /// <summary>What an attempt that the end cut short amounts to.</summary>
    public AttemptOutcome Outcome => End switch
    {
        TurnEnd.HungUp or TurnEnd.CallerStalled => AttemptOutcome.Interrupted,
        TurnEnd.Stalled => AttemptOutcome.Stalled,
        _ => AttemptOutcome.TimedOut,
    };

    /// <summary>The caller is known: from here their limits count.</summary>
    public void Set(TurnLimits limits)
    {
        lock (_source)
        {
            _totalDue = Started + Timestamps(limits.Total);
            _stall = Timestamps(limits.Stall);
            Rearm();
        }
    }

    /// <summary>A stream is asked for: its first meaningful token has to come in time.</summary>
    public void AwaitFirstToken(TurnLimits limits)
    {
        lock (_source)
        {
            _firstTokenDue = Started + Timestamps(limits.FirstToken);
            Rearm();
        }
    }

    /// <summary>A content, tool or reasoning delta came.</summary>
    public void Progress(bool meaningful)
    {
        var now = _time.GetTimestamp();
        lock (_source)
        {
            if (meaningful) _firstTokenDue = Never;
            var first = _progressAt == Never;
            _progressAt = now;
            if (first) Rearm();
        }
    }

    /// <summary>A write to the caller begins. While it lasts, the upstream is not to blame.</summary>
    public void BeginWrite()
    {
        var now = _time.GetTimestamp();
        lock (_source)
        {
            _writingSince = now;
            Rearm();
        }
    }

    /// <summary>The write has ended. The upstream's clock goes on where it stood, because a write is no progress of the upstream's.</summary>
    public void EndWrite()
    {
        var now = _time.GetTimestamp();
        lock (_source)
        {
            if (_progressAt != Never) _progressAt += now - _writingSince;
            _writingSince = Never;
        }
    }

    /// <summary>The answer is whole: what is left has only this long.</summary>
    public void EndWithin(TimeSpan rest)
    {
        var due = _time.GetTimestamp() + Timestamps(rest);
        lock (_source)
        {
            _totalDue = Math.Min(_totalDue, due);
            Rearm();
        }
    }

    public void HangUp() => Finish(TurnEnd.HungUp);

    public void Dispose() => _timer.Dispose();

    private void Check()
    {
        TurnEnd end;
        lock (_source)
        {
            var now = _time.GetTimestamp();
            _timerDue = Never;
            (var due, end) = NextDue();
            if (now < due)
            {
                Arm(due, now);
                return;
            }

            // A write that is under way when the time is up still has the time of a write.
            if (_writingSince != Never && end != TurnEnd.CallerStalled) Arm(_writingSince + _stall, now);
        }

        Finish(end);
    }

    private void Finish(TurnEnd end)
    {
        var unread = end is TurnEnd.HungUp or TurnEnd.CallerStalled;
        lock (_source)
        {
            if (End != TurnEnd.None && !unread) return;
            End = end;
        }

        _source.Cancel();
        if (unread) _writing.Cancel();
    }

    private (long Due, TurnEnd End) NextDue()
    {
        if (End != TurnEnd.None) return (_writingSince == Never ? Never : _writingSince + _stall, TurnEnd.CallerStalled);
        var next = (_totalDue, TurnEnd.TimeUp);
        if (_firstTokenDue < next.Item1) next = (_firstTokenDue, TurnEnd.FirstTokenLate);
        if (_writingSince != Never) return Earlier(next, _writingSince + _stall, TurnEnd.CallerStalled);
        return _progressAt != Never ? Earlier(next, _progressAt + _stall, TurnEnd.Stalled) : next;

        static (long, TurnEnd) Earlier((long Due, TurnEnd) next, long due, TurnEnd end) => due < next.Due ? (due, end) : next;
    }

    /// <summary>Sets the timer where a limit may now pass earlier than it would look.</summary>
    private void Rearm()
    {
        var (due, _) = NextDue();
        if (due < _timerDue) Arm(due, _time.GetTimestamp());
    }

    private void Arm(long due, long now)
    {
        _timerDue = due;
        if (due == Never) return;
        var delay = TimeSpan.FromTicks((long)Math.Ceiling((due - now) * (double)TimeSpan.TicksPerSecond / _time.TimestampFrequency));
        _timer.Change(delay > TimeSpan.Zero ? delay : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    private long Timestamps(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);
}
