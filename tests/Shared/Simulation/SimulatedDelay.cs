namespace Simulation;

/// <summary>A wait in simulated time that goes on where the clock is moved, and not on some thread of the pool.</summary>
internal static class SimulatedDelay
{
    public static async Task WaitAsync(TimeProvider time, TimeSpan delay, CancellationToken cancellationToken)
    {
        if (delay <= TimeSpan.Zero) return;
        var due = new TaskCompletionSource();
        await using var timer = time.CreateTimer(static due => ((TaskCompletionSource)due!).TrySetResult(), due, delay, Timeout.InfiniteTimeSpan);
        await using var cancelled = cancellationToken.UnsafeRegister(static (due, token) => ((TaskCompletionSource)due!).TrySetCanceled(token), due);
        await due.Task;
    }
}
