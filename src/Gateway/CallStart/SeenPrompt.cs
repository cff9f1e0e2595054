using System.IO.Hashing;
using Gateway.Requests;

namespace Gateway.CallStart;

/// <summary>
/// What a caller's newest turns began with, tools and system message: what Azure has cached, or not any more. Nobody could know it before: ElevenLabs composes the system message and
/// sends the tools. It is in memory alone, until a turn comes that begins otherwise.
/// </summary>
internal sealed class SeenPrompt
{
    // Azure caches from 1,024 tokens on, which no fewer bytes than these are.
    private const int FewestBytes = 2048;

    private volatile Seen? _last;

    /// <summary>A request that begins as those turns, for as short an answer as there is; null before the first.</summary>
    public byte[]? Request => _last?.Request;

    /// <summary>Looks at a turn.</summary>
    public void Note(ChatRequest chat)
    {
        ref readonly var first = ref chat.Messages[0];
        if (first.Role is not ("system" or "developer")) return;
        var system = chat.Body.Span[first.Start..first.End];
        var tools = chat.Value(Field.Tools);
        if (system.Length + tools.Length < FewestBytes) return;
        var hash = XxHash3.HashToUInt64(tools, (long)XxHash3.HashToUInt64(system));
        if (_last?.Hash != hash) _last = new Seen(hash, NewRequest(system, tools));
    }

    private static byte[] NewRequest(ReadOnlySpan<byte> system, ReadOnlySpan<byte> tools) => tools.IsEmpty
        ? [.. "{\"messages\":["u8, .. system, .. ",{\"role\":\"user\",\"content\":\"Hello\"}],\"max_tokens\":1}"u8]
        : [.. "{\"messages\":["u8, .. system, .. ",{\"role\":\"user\",\"content\":\"Hello\"}],\"max_tokens\":1,\"tools\":"u8, .. tools, .. "}"u8];

    private sealed record Seen(ulong Hash, byte[] Request);
}
