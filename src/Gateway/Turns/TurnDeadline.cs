using Gateway.Options;

namespace Gateway.Turns;

/// <summary>
/// The one clock of a turn: it ends the turn when the first output is late, a write stalls, the time is up, or the caller has
/// hung up, and says which it was; it ends the chosen attempt when a delta is late; and it wakes the pump when it is time for something. Progress is only a stored timestamp, and the timer looks at it
/// when a limit may have passed: setting a timer for each chunk would cost more than relaying it.
/// </summary>
internal sealed class TurnDeadline : IDisposable
{
    private const long Never = long.MaxValue;

    private readonly TimeProvider _time;
    // Not disposed: a timer that fires while the turn ends would then cancel a disposed source, and without a timer of its own it holds nothing.
    private readonly CancellationTokenSource _source = new();
    private readonly CancellationTokenSource _writing = new();
    private readonly ITimer _timer;
    private CancellationTokenSource? _attempt;
    private Signal? _pump;
    private long _timerDue;
    private long _totalDue;
    private long _hardDue;
    private long _firstOutputDue = Never;
    private long _lingerDue = Never;
    private long _wakeDue = Never;
    private long _stall;
    private long _progressAt = Never;
    private long _writingSince = Never;

    public TurnDeadline(TimeProvider time)
    {
        _time = time;
        Started = time.GetTimestamp();
        // Until the caller is known, only the longest total counts.
        _totalDue = _hardDue = _timerDue = Started + Timestamps(CallerOptions.LongestTurn);
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

    /// <summary>Whether the total has passed. Where words are being spoken, the turn then has its grace to end them well.</summary>
    public bool IsTimeUp => _time.GetTimestamp() >= _totalDue;

    /// <summary>Whether the chosen attempt was cancelled because it stalled. The turn goes on.</summary>
    public bool HasStalled { get; private set; }

    /// <summary>What an attempt that was cancelled by the clock amounts to.</summary>
    public AttemptOutcome Outcome => End switch
    {
        TurnEnd.HungUp or TurnEnd.CallerStalled => AttemptOutcome.Interrupted,
        TurnEnd.None when HasStalled => AttemptOutcome.Stalled,
        _ => AttemptOutcome.TimedOut,
    };

    /// <summary>The caller is known: from here their limits count.</summary>
    public void Set(TurnLimits limits)
    {
        lock (_source)
        {
            _totalDue = _hardDue = Started + Timestamps(limits.Total);
            _stall = Timestamps(limits.Stall);
            Rearm();
        }
    }

    /// <summary>Who is woken by <see cref="WakeAt"/>, and when the turn has to end.</summary>
    public void Wakes(Signal pump) => _pump = pump;

    /// <summary>The first output, or the answer itself, has to come by then, counted from the arrival.</summary>
    public void AwaitFirstOutput(TimeSpan by)
    {
        lock (_source)
        {
            _firstOutputDue = Started + Timestamps(by);
            Rearm();
        }
    }

    /// <summary>Wakes the pump then, counted from the arrival, in place of an earlier such call's time.</summary>
    public void WakeAt(TimeSpan elapsed)
    {
        lock (_source)
        {
            _wakeDue = elapsed == TimeSpan.MaxValue ? Never : Started + Timestamps(elapsed);
            Rearm();
        }
    }

    /// <summary>Chooses an attempt, which is then cancelled when the turn has to end. False where it has to already: nothing of the attempt may be said.</summary>
    public bool TryChoose(CancellationTokenSource attempt, bool meaningful, TimeSpan grace)
    {
        var now = _time.GetTimestamp();
        lock (_source)
        {
            if (End != TurnEnd.None) return false;
            _attempt = attempt;
            _progressAt = now;
            _hardDue = _totalDue + Timestamps(grace);
            _wakeDue = Never;
            if (meaningful) _firstOutputDue = Never;
            Rearm();
            return true;
        }
    }

    /// <summary>A content, tool or reasoning delta came.</summary>
    public void Progress(bool meaningful)
    {
        var now = _time.GetTimestamp();
        lock (_source)
        {
            if (meaningful) _firstOutputDue = Never;
            var first = _progressAt == Never;
            _progressAt = now;
            if (first) Rearm();
        }
    }

    /// <summary>The chosen attempt has failed and another is to take its place: there is no stream that could stall.</summary>
    public void Restart()
    {
        lock (_source)
        {
            _attempt = null;
            _progressAt = Never;
            HasStalled = false;
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
            if (_progressAt != Never && _writingSince != Never) _progressAt += now - _writingSince;
            _writingSince = Never;
        }
    }

    /// <summary>The answer is whole: what is left has only this long.</summary>
    public void EndWithin(TimeSpan rest)
    {
        var due = _time.GetTimestamp() + Timestamps(rest);
        lock (_source)
        {
            _hardDue = Math.Min(_hardDue, due);
            Rearm();
        }
    }

    public void HangUp()
    {
        CancellationTokenSource? attempt;
        lock (_source)
        {
            End = TurnEnd.HungUp;
            attempt = _attempt;
        }

        Announce(TurnEnd.HungUp, attempt);
    }

    /// <summary>Nobody reads any more, but somebody may within this time.</summary>
    public void Linger(TimeSpan time)
    {
        lock (_source)
        {
            _lingerDue = _time.GetTimestamp() + Timestamps(time);
            Rearm();
        }
    }

    /// <summary>Somebody reads again.</summary>
    public void StopLingering()
    {
        lock (_source) _lingerDue = Never;
    }

    /// <summary>The first caller is gone and others read on: only what is written to the first is given up.</summary>
    public void AbandonWrites()
    {
        EndWrite();
        _writing.Cancel();
    }

    /// <summary>Gives up a write that has not ended yet, and with it the first caller.</summary>
    public void AbandonPendingWrite()
    {
        lock (_source)
        {
            if (_writingSince == Never) return;
        }

        AbandonWrites();
    }

    public void Dispose() => _timer.Dispose();

    private void Check()
    {
        TurnEnd end;
        CancellationTokenSource? attempt;
        lock (_source)
        {
            attempt = _attempt;
            var now = _time.GetTimestamp();
            _timerDue = Never;
            (var due, end) = NextDue();
            if (now < due)
            {
                Arm(due, now);
                return;
            }

            if (end is TurnEnd.None or TurnEnd.Stalled)
            {
                if (end == TurnEnd.None) _wakeDue = Never;
                else (_progressAt, HasStalled) = (Never, true);
                Arm(NextDue().Due, now);
            }
            else
            {
                End = end;
                // A write that is under way when the time is up still has the time of a write.
                if (_writingSince != Never && end != TurnEnd.CallerStalled) Arm(_writingSince + _stall, now);
            }
        }

        if (end == TurnEnd.None) _pump?.Wake();
        else if (end == TurnEnd.Stalled) attempt?.Cancel();
        else Announce(end, attempt);
    }

    private void Announce(TurnEnd end, CancellationTokenSource? attempt)
    {
        _source.Cancel();
        if (end is TurnEnd.HungUp or TurnEnd.CallerStalled) _writing.Cancel();
        attempt?.Cancel();
        _pump?.Wake();
    }

    private (long Due, TurnEnd End) NextDue()
    {
        if (End != TurnEnd.None) return (_writingSince == Never ? Never : _writingSince + _stall, TurnEnd.CallerStalled);
        var next = (_hardDue, TurnEnd.TimeUp);
        if (_firstOutputDue < next.Item1) next = (_firstOutputDue, TurnEnd.FirstOutputLate);
        if (_lingerDue < next.Item1) next = (_lingerDue, TurnEnd.HungUp);
        if (_wakeDue < next.Item1) next = (_wakeDue, TurnEnd.None);
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

    // Rounded up, so that what is due is past when the timer says so.
    private long Timestamps(TimeSpan span) => (long)Math.Ceiling(span.TotalSeconds * _time.TimestampFrequency);
}
