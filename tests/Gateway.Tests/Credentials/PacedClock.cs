using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Credentials;

/// <summary>A clock that tells which waits begin, so that a test moves it when the code under test waits, and not before.</summary>
internal sealed class PacedClock(DateTimeOffset origin) : FakeTimeProvider(origin)
{
    public static readonly DateTimeOffset Origin = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Channel<TimeSpan> _waits = Channel.CreateUnbounded<TimeSpan>();
    private readonly Channel<TimeSpan> _given = Channel.CreateUnbounded<TimeSpan>();

    public PacedClock()
        : this(Origin)
    {
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _waits.Writer.TryWrite(dueTime);
        return new Wait(timer, () => _given.Writer.TryWrite(dueTime));
    }

    /// <summary>The length of the next wait, as soon as it has begun.</summary>
    public Task<TimeSpan> NextWaitAsync() => _waits.Reader.ReadAsync().Soon();

    /// <summary>Completes when a wait of this length has begun; shorter and longer ones before it are passed over.</summary>
    public async Task WaitOfAsync(TimeSpan length)
    {
        while (await NextWaitAsync() != length)
        {
        }
    }

    /// <summary>Lets the wait of this length pass, as soon as it has begun.</summary>
    public async Task PassAsync(TimeSpan length)
    {
        await WaitOfAsync(length);
        Advance(length);
    }

    /// <summary>Completes when this many waits of this length were given up since the start, because what they limit was done.</summary>
    public async Task GivenUpAsync(TimeSpan length, int count)
    {
        while (count > 0)
        {
            if (await _given.Reader.ReadAsync().Soon() == length)
                count--;
        }
    }

    private sealed class Wait(ITimer inner, Action givenUp) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => inner.Change(dueTime, period);

        public void Dispose()
        {
            inner.Dispose();
            givenUp();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
