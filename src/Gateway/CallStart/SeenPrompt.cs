using System.IO.Hashing;
using Gateway.Requests;

namespace Gateway.CallStart;

/// <summary>
/// What a caller's newest turns began with, tools and system message: what Azure has cached, or not any more. Nobody could know it before: ElevenLabs composes the system message and
/// sends the tools. The dynamic variables of whoever was on the line are in it, so it is in memory alone, until a turn comes that begins otherwise, somebody is deleted, or an hour is over.
/// </summary>
internal sealed class SeenPrompt
{
    /// <summary>How long it is kept beyond the last turn that began with it. Azure has forgotten it by then.</summary>
    public static readonly TimeSpan LongestKept = TimeSpan.FromHours(1);

    // Azure caches from 1,024 tokens on, which no fewer bytes than these are.
    private const int FewestBytes = 2048;

    private readonly TimeProvider _time;
    // Not disposed: it is there as long as the process, and with nothing to let go of it does nothing.
    private readonly ITimer _end;
    private volatile Seen? _last;
    private long _notedAt;

    public SeenPrompt(TimeProvider time)
    {
        _time = time;
        _end = time.CreateTimer(static state => ((SeenPrompt)state!).LetGo(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A request that begins as those turns, for as short an answer as there is; null where nothing is kept of any.</summary>
    public byte[]? Request => _last is { } last && Left > TimeSpan.Zero ? last.Request : null;

    private TimeSpan Left => LongestKept - _time.GetElapsedTime(Volatile.Read(ref _notedAt));

    /// <summary>Looks at a turn.</summary>
    public void Note(ChatRequest chat)
    {
        ref readonly var first = ref chat.Messages[0];
        if (first.Role is not ("system" or "developer")) return;
        var system = chat.Body.Span[first.Start..first.End];
        var tools = chat.Value(Field.Tools);
        if (system.Length + tools.Length < FewestBytes) return;
        var hash = XxHash3.HashToUInt64(tools, (long)XxHash3.HashToUInt64(system));
        Volatile.Write(ref _notedAt, _time.GetTimestamp());
        // The timer looks at that when the hour may be over: setting it for each turn would take its lock.
        if (_last?.Hash == hash) return;
        _last = new Seen(hash, NewRequest(system, tools));
        _end.Change(LongestKept, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Drops it: somebody was deleted, and nobody knows whose it is.</summary>
    public void Forget() => _last = null;

    private void LetGo()
    {
        if (_last is not { } last) return;
        if (Left is { Ticks: > 0 } left) _end.Change(left, Timeout.InfiniteTimeSpan);
        else Interlocked.CompareExchange(ref _last, null, last);
    }

    private static byte[] NewRequest(ReadOnlySpan<byte> system, ReadOnlySpan<byte> tools) => tools.IsEmpty
        ? [.. "{\"messages\":["u8, .. system, .. ",{\"role\":\"user\",\"content\":\"Hello\"}],\"max_tokens\":1}"u8]
        : [.. "{\"messages\":["u8, .. system, .. ",{\"role\":\"user\",\"content\":\"Hello\"}],\"max_tokens\":1,\"tools\":"u8, .. tools, .. "}"u8];

    private sealed record Seen(ulong Hash, byte[] Request);
}
