namespace Gateway.Credentials;

/// <summary>
/// The rhythm of something that is renewed in the background: pauses that a request may cut short, but only now and
/// then, because whoever presents wrong keys can ask as often as they like.
/// </summary>
internal sealed class RenewalPace(TimeProvider time)
{
    /// <summary>At most one pause is cut short in this time; Key Vault and the identity endpoint throttle those who ask more.</summary>
    public static readonly TimeSpan MinimumInterval = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private TaskCompletionSource? _pause;
    private long? _lastWake;

    /// <summary>1, 2, 4, 8, then 15 s: quick for a role assignment that is seconds away, gentle for an outage.</summary>
    public static TimeSpan RetryDelay(int failures) =>
        TimeSpan.FromSeconds(failures switch { <= 1 => 1, 2 => 2, 3 => 4, 4 => 8, _ => 15 });

    /// <summary>Waits for <paramref name="delay"/>; true when <see cref="Wake"/> cut it short.</summary>
    public async Task<bool> PauseAsync(TimeSpan delay, bool wakeable, CancellationToken stopping)
    {
        var woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        if (wakeable)
            Volatile.Write(ref _pause, woken);

        await Task.WhenAny(Task.Delay(delay, time, end.Token), woken.Task);
        Volatile.Write(ref _pause, null);
        // Or the timer of a pause that was cut short would live on beside the next one.
        await end.CancelAsync();
        stopping.ThrowIfCancellationRequested();
        return woken.Task.IsCompleted;
    }

    /// <summary>
    /// Ends the pause under way. False, and nothing happens, during a renewal (it is the answer), in a pause that is not
    /// wakeable, and too soon after the last time.
    /// </summary>
    public bool Wake()
    {
        if (Volatile.Read(ref _pause) is not { } pause)
            return false;

        lock (_gate)
        {
            if (_lastWake is { } last && time.GetElapsedTime(last) < MinimumInterval)
                return false;
            _lastWake = time.GetTimestamp();
        }

        return pause.TrySetResult();
    }
}
