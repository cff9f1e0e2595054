namespace Emulator;

/// <summary>When an answer goes on.</summary>
internal sealed class Pacing(EmulatorScript script, TimeProvider time, CancellationToken ct)
{
    public ValueTask BeforeHeadersAsync() => PauseAsync(script.HeadersMs, -1);

    public ValueTask BeforeDeltaAsync(int n) => PauseAsync(n == 0 ? script.FirstTokenMs : script.TokenMs, n);

    /// <summary>A whole completion takes as long as its deltas would have.</summary>
    public ValueTask WholeAsync(int deltas) => DelayAsync(script.FirstTokenMs + (Math.Max(deltas - 1, 0) * (long)script.TokenMs));

    public async ValueTask StallAsync(Func<ValueTask> fill)
    {
        var start = time.GetTimestamp();
        for (var left = Left(); left > 0; left = Left())
        {
            await DelayAsync(Math.Min(script.StallEveryMs, left));
            await fill();
        }

        long Left() => script.StallMs is { } stall ? stall - (long)time.GetElapsedTime(start).TotalMilliseconds : long.MaxValue;
    }

    private async ValueTask PauseAsync(int milliseconds, int n)
    {
        await DelayAsync(milliseconds);
        if (script.Gate is { } gate)
            await gate(n, ct).WaitAsync(ct);
    }

    private async ValueTask DelayAsync(long milliseconds)
    {
        if (milliseconds > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(milliseconds), time, ct);
    }
}
