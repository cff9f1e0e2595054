using Gateway.Requests;

namespace Gateway.Speech;

internal sealed record CallerSpeech { public bool BufferWords { get; init; } = true; public TimeSpan BufferWordsDelay { get; init; } = TimeSpan.FromSeconds(1.8); }

internal enum FallbackReason { Failed, ContentFiltered }

internal sealed record SpokenReply(ReadOnlyMemory<byte> Content, string? Tool = null, ReadOnlyMemory<byte> Arguments = default);

internal sealed class TurnSpeech(ChatRequest request, CallerSpeech caller)
{
    public bool IsSilence => request.LastRole == "assistant" && caller is not null;

    public bool TryBufferWords(int nth, out ReadOnlyMemory<byte> content)
    {
        content = nth == 0 ? "\"One moment... \""u8.ToArray() : "\"Still looking... \""u8.ToArray();
        return true;
    }

    public SpokenReply Fallback(FallbackReason reason) => new("\"Sorry, could you say that again?\""u8.ToArray());

    public ReadOnlyMemory<byte> ClosingPhrase => "\" Sorry, I lost my thread.\""u8.ToArray();
}
