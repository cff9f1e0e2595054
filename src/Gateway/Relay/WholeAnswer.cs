using Gateway.Requests;
using Gateway.Speakable;
using Gateway.Turns;
using Gateway.Upstream;

namespace Gateway.Relay;

/// <summary>What an answer that is not streamed amounts to. It is whole before a byte of it goes on, so that a cut one becomes an error.</summary>
/// <param name="Outcome">Whether it can be told.</param>
/// <param name="Usage">Its token counts.</param>
/// <param name="Model">Where the model's name stands in it, with its quotes; empty where it is missing.</param>
internal readonly record struct WholeAnswer(AttemptOutcome Outcome, TokenUsage Usage, Range Model)
{
    /// <summary>Judges a completion.</summary>
    /// <param name="json">The body.</param>
    /// <param name="voice">Whether the caller is a voice agent, who gets no half call and nothing that says nothing.</param>
    /// <param name="speakable">Whether what nobody can speak is taken out of it.</param>
    public static WholeAnswer Of(PooledBuffer json, bool voice, bool speakable)
    {
        using var calls = voice ? new ToolCallTracker() : null;
        if (!ChunkReader.TryRead(json.Span, calls, out var whole)) return new(AttemptOutcome.Invalid, default, default);
        if (speakable) SpeakableAnswer.Rewrite(json, ref whole);
        return new(Judge(json.Span, voice, calls, in whole), whole.Usage, whole.Model);
    }

    private static AttemptOutcome Judge(ReadOnlySpan<byte> json, bool voice, ToolCallTracker? calls, ref readonly Chunk whole)
    {
        if (calls?.Finish() == false) return AttemptOutcome.Cut;
        if (!whole.Has(ChunkKind.Choice)) return whole.Has(ChunkKind.Error) ? UpstreamError.Parse(json).Outcome : AttemptOutcome.Invalid;
        if (whole.Has(ChunkKind.Meaningful)) return AttemptOutcome.Completed;
        return voice && json[whole.FinishReason].SequenceEqual(ChunkReader.ContentFilter) ? AttemptOutcome.ContentFiltered : AttemptOutcome.Empty;
    }
}
