using Gateway.Relay;
using Gateway.Requests;

namespace Gateway.Speakable;

/// <summary>
/// Makes a stream's content speakable, across the borders of its frames. Only the first choice is spoken; refusals, reasoning and tool calls are
/// not content and pass. A frame in which nothing changes is the same bytes, and nothing here allocates for a frame.
/// </summary>
internal sealed class SpeakableStream : IDisposable
{
    private readonly SpokenText _text = new();
    private readonly PooledBuffer _frame = new();

    /// <summary>Whether no more content follows at once, so that what is held has to be said before the chunk goes on.</summary>
    public static bool EndsText(ref readonly Chunk chunk) => ((chunk.Finished | chunk.Calling) & 1) != 0;

    /// <summary>
    /// The frame as it goes on. One that says nothing any more is no first output, since its chunk is not meaningful; where it carries nothing else
    /// either, its chunk has no delta and need not go on at all.
    /// </summary>
    /// <param name="frame">The frame.</param>
    /// <param name="data">Where its data is.</param>
    /// <param name="chunk">What was seen in it.</param>
    public ReadOnlySpan<byte> Rewrite(ReadOnlySpan<byte> frame, scoped ref Range data, scoped ref Chunk chunk)
    {
        if (chunk.Content.Equals(default)) return frame;

        var start = data.Start.Value;
        var content = frame[data][chunk.Content][1..^1];
        _text.Clear();
        _text.Write(content);
        if (EndsText(in chunk)) _text.Finish();
        if (_text.Spoken.SequenceEqual(content)) return frame;

        _frame.Clear();
        _frame.Write(frame[..(start + chunk.Content.Start.Value + 1)]);
        _frame.Write(_text.Spoken);
        _frame.Write(frame[(start + chunk.Content.End.Value - 1)..]);
        data = start..(data.End.Value + _frame.Length - frame.Length);
        // Without the tool calls, whose arguments were collected when the frame came.
        ChunkReader.TryRead(_frame.Span[data], calls: null, out chunk);
        if (chunk.Choices == 1 && !chunk.Has(ChunkKind.Progress | ChunkKind.Finish | ChunkKind.Usage) && _frame.Span.IndexOf("\"role\""u8) < 0)
            chunk.Kind &= ~ChunkKind.Delta;
        return _frame.Span;
    }

    /// <summary>What is held, as a frame of its own; empty where nothing is.</summary>
    public ReadOnlySpan<byte> Finish(ChunkIdentity identity)
    {
        _text.Clear();
        _text.Finish();
        _frame.Clear();
        if (!_text.Spoken.IsEmpty) identity.WriteContent(_frame, _text.Spoken);
        return _frame.Span;
    }

    public void Dispose()
    {
        _text.Dispose();
        _frame.Dispose();
    }
}
