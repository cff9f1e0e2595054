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
    private Seen? _last;

    public SeenPrompt(TimeProvider time)
    {
        _time = time;
        _end = time.CreateTimer(static state => ((SeenPrompt)state!).LetGo(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>A request that begins as those turns, for as short an answer as there is; null where nothing is kept of any.</summary>
    public byte[]? Request => Volatile.Read(ref _last) is { } last && Left(last) > TimeSpan.Zero ? last.Request : null;

    /// <summary>Looks at a turn.</summary>
    public void Note(ChatRequest chat)
    {
        ref readonly var first = ref chat.Messages[0];
        if (first.Role is not ("system" or "developer")) return;
        var system = chat.Body.Span[first.Start..first.End];
        var tools = chat.Value(Field.Tools);
        if (system.Length + tools.Length < FewestBytes) return;
        var hash = XxHash3.HashToUInt64(tools, (long)XxHash3.HashToUInt64(system));
        var now = _time.GetTimestamp();
        if (Volatile.Read(ref _last) is { } last && last.Hash == hash)
        {
            // The timer looks at it when the hour may be over: setting it for each turn would take its lock.
            last.NotedAt = now;
            return;
        }

        Volatile.Write(ref _last, new Seen(hash, NewRequest(system, tools)) { NotedAt = now });
        _end.Change(LongestKept, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Drops it: somebody was deleted, and nobody knows whose it is.</summary>
    public void Forget() => Volatile.Write(ref _last, null);

    private void LetGo()
    {
        if (Volatile.Read(ref _last) is not { } last) return;
        if (Left(last) is { Ticks: > 0 } left) _end.Change(left, Timeout.InfiniteTimeSpan);
        else Interlocked.CompareExchange(ref _last, null, last);
    }

    private TimeSpan Left(Seen seen) => LongestKept - _time.GetElapsedTime(seen.NotedAt);

    private static byte[] NewRequest(ReadOnlySpan<byte> system, ReadOnlySpan<byte> tools) => tools.IsEmpty
        ? [.. "{\"messages\":["u8, .. system, .. ",{\"role\":\"user\",\"content\":\"Hello\"}],\"max_tokens\":1}"u8]
        : [.. "{\"messages\":["u8, .. system, .. ",{\"role\":\"user\",\"content\":\"Hello\"}],\"max_tokens\":1,\"tools\":"u8, .. tools, .. "}"u8];

    private sealed class Seen(ulong hash, byte[] request)
    {
        private long _notedAt;

        public ulong Hash => hash;

        public byte[] Request => request;

        /// <summary>When a turn last began with it, as a timestamp of the clock.</summary>
        public long NotedAt
        {
            get => Volatile.Read(ref _notedAt);
            set => Volatile.Write(ref _notedAt, value);
        }
    }
}
