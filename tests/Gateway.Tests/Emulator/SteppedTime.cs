using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Emulator;

/// <summary>A clock that moves by hand and says when somebody waits for it, and how long.</summary>
internal sealed class SteppedTime : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _waits = Channel.CreateUnbounded<TimeSpan>();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        _waits.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>Lets the next wait pass, once it has begun; returns its length.</summary>
    public async Task<int> StepAsync(CancellationToken ct)
    {
        var wait = await _waits.Reader.ReadAsync(ct);
        Advance(wait);
        return (int)wait.TotalMilliseconds;
    }
}
