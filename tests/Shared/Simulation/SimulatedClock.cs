namespace Simulation;

/// <summary>
/// A clock that goes from one timer to the next: what is due runs on the thread that moves the clock, one after the other, in the order and at the
/// time that it is due, whatever that thread's synchronization context. (<c>FakeTimeProvider</c> moves first: all that was due within a step then sees its end.)
/// A timer for now is due a tick later: time goes on, whatever timers set.
/// </summary>
internal sealed class SimulatedClock : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _lock = new();
    // A timer that was set anew stays in it at its old place, and is passed over there.
    private readonly PriorityQueue<(Timer Timer, long Setting), (long Due, long Setting)> _queue = new();
    private long _now;
    private long _settings;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Volatile.Read(ref _now);

    public override DateTimeOffset GetUtcNow() => Start + TimeSpan.FromTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Lets time pass, with all that is due in it.</summary>
    public void Advance(TimeSpan time)
    {
        var until = GetTimestamp() + time.Ticks;
        while (RunNext(until))
        {
        }

        Volatile.Write(ref _now, until);
    }

    /// <summary>Lets time pass until the next timer is due, and runs it. False when none is set.</summary>
    public bool TryAdvanceToNext() => RunNext(long.MaxValue);

    private bool RunNext(long until)
    {
        if (Dequeue(until) is not { } timer) return false;

        // With a test framework's context set, continuations would be queued there.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            timer.Run();
            return true;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private Timer? Dequeue(long until)
    {
        lock (_lock)
        {
            while (_queue.TryPeek(out var first, out var order) && order.Due <= until)
            {
                _queue.Dequeue();
                if (first.Setting != first.Timer.Setting) continue;
                Volatile.Write(ref _now, Math.Max(_now, order.Due));
                // Here, because another thread may set it anew before it runs.
                first.Timer.Repeat();
                return first.Timer;
            }

            return null;
        }
    }

    private sealed class Timer(SimulatedClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period = Timeout.InfiniteTimeSpan;
        private bool _isDisposed;

        /// <summary>Which setting of the clock's timers is this one's; 0: it is not set.</summary>
        public long Setting { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._lock)
            {
                if (_isDisposed) return false;
                _period = period;
                Setting = 0;
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                Setting = ++clock._settings;
                clock._queue.Enqueue((this, Setting), (clock._now + Math.Max(1, dueTime.Ticks), Setting));
                return true;
            }
        }

        public void Repeat() => Change(_period > TimeSpan.Zero ? _period : Timeout.InfiniteTimeSpan, _period);

        public void Run() => callback(state);

        public void Dispose()
        {
            lock (clock._lock) (_isDisposed, Setting) = (true, 0);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
