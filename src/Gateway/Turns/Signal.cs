using System.Threading.Tasks.Sources;

namespace Gateway.Turns;

/// <summary>
/// Wakes the one who waits. What happened is left where it happened and looked up there, so that several wake-ups may fall into one. The waiter goes on
/// on the thread that set the signal: a first token must not queue for another one.
/// </summary>
internal sealed class Signal : IValueTaskSource
{
    private const int Idle = 0;
    private const int Set = 1;
    private const int Awaited = 2;

    private ManualResetValueTaskSourceCore<bool> _source;
    private int _state;

    /// <summary>Completes when the signal is set, at once where it was since the last wait. One waiter at a time.</summary>
    public ValueTask WaitAsync()
    {
        _source.Reset();
        if (Interlocked.CompareExchange(ref _state, Awaited, Idle) == Idle) return new ValueTask(this, _source.Version);
        Interlocked.Exchange(ref _state, Idle);
        return ValueTask.CompletedTask;
    }

    public void Wake()
    {
        if (Interlocked.Exchange(ref _state, Set) != Awaited) return;
        Interlocked.Exchange(ref _state, Idle);
        _source.SetResult(true);
    }

    void IValueTaskSource.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
