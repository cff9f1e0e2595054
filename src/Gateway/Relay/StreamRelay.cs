using System.Buffers;
using Gateway.Requests;
using Gateway.Speakable;
using Gateway.Turns;
using Gateway.Upstream;

namespace Gateway.Relay;

/// <summary>
/// Passes a stream's frames on, as bytes. Each frame is whole before it is judged, and only a bad one is rewritten. What comes before the first
/// meaningful token is held, so that nothing has been said yet when an upstream fails; so is a tool call of a voice caller, until its arguments
/// are whole. Nothing here allocates for a chunk.
/// </summary>
/// <param name="voice">Whether the caller is a voice agent.</param>
/// <param name="includeUsage">Whether the caller asked for the usage chunk.</param>
/// <param name="model">The model's name as JSON, where it replaces the one that upstream reports.</param>
/// <param name="speakable">Whether what nobody can speak is taken out of the content.</param>
internal sealed class StreamRelay(bool voice, bool includeUsage, byte[]? model, bool speakable = false) : IDisposable
{
    // Role, empty deltas and reasoning before the first token: a stream that goes on like this forever must not fill the memory.
    private const int MaxHeldBytes = 64 * 1024;

    private readonly IncomingFrames _incoming = new();
    private readonly PooledBuffer _held = new();
    private readonly ChunkIdentity _identity = new(model);
    private readonly ToolCallTracker? _calls = voice ? new ToolCallTracker() : null;
    private readonly SpeakableStream? _speakable = speakable ? new SpeakableStream() : null;
    private ulong _choices;
    private ulong _finished;
    private ulong _calling;
    private bool _open;
    private bool _meaningful;
    private bool _endsSentence;
    private RelayProgress _progress;

    /// <summary>How the stream ended; <see cref="AttemptOutcome.None"/> while it goes on.</summary>
    public AttemptOutcome Outcome { get; private set; }

    /// <summary>Whether the stream said that it is done, so that nothing but its end can follow.</summary>
    public bool IsDone { get; private set; }

    public TokenUsage Usage { get; private set; }

    /// <summary>Whether the first meaningful token has come.</summary>
    public bool IsMeaningful => _meaningful;

    /// <summary>Whether the answer has begun: nothing before that needs to be told.</summary>
    public bool IsOpen => _meaningful || (!voice && _open);

    /// <summary>Whether what was said last ends a sentence, so that the answer could end there.</summary>
    public bool EndsSentence => _endsSentence && _held.Length == 0;

    /// <summary>Whether every choice has finished: what may still come is usage and <c>[DONE]</c>.</summary>
    public bool HasFinished => _choices != 0 && _finished == _choices;

    /// <summary>Whether <c>[DONE]</c> is left to who relays the stream and has something to tell in front of it.</summary>
    public bool LeavesDone { get; init; }

    /// <summary>Where to read the next bytes of the stream to. Tell <see cref="Accept"/> how many there are.</summary>
    public Memory<byte> Free => _incoming.Free;

    /// <summary>Judges what was read, and writes to <paramref name="output"/> what may go on.</summary>
    /// <param name="count">How many bytes were read into <see cref="Free"/>; 0 at the end of the stream.</param>
    /// <param name="output">Gets the frames that may go on.</param>
    public RelayProgress Accept(int count, IBufferWriter<byte> output)
    {
        _progress = RelayProgress.None;
        _incoming.Advance(count);
        while (Outcome == AttemptOutcome.None && _incoming.TryRead(out var frame, out var data)) Judge(frame, data, output);
        if (Outcome == AttemptOutcome.None && _incoming.IsTooLarge) Outcome = AttemptOutcome.Invalid;
        if (Outcome == AttemptOutcome.None && count == 0) End(output);
        return _progress;
    }

    /// <summary>Ends an answer that stays unfinished: with a last phrase, as a JSON string, or without. What is held of a tool call is dropped.</summary>
    public void Close(ReadOnlySpan<byte> phrase, IBufferWriter<byte> output)
    {
        _held.Clear();
        if (!phrase.IsEmpty) _identity.WriteContent(output, phrase[1..^1]);
        for (var choices = Math.Max(_choices, 1) & ~_finished; choices != 0; choices &= choices - 1)
            _identity.WriteFinish(output, (int)ulong.TrailingZeroCount(choices), "\"stop\""u8);
        if (!LeavesDone) output.Write("data: [DONE]\n\n"u8);
    }

    /// <summary>The role has been sent: it goes out of what is held, and of what was kept of this stream.</summary>
    public void DropRole(PooledBuffer kept)
    {
        RoleFrames.Drop(kept);
        RoleFrames.Drop(_held);
    }

    /// <summary>Returns the buffers. No read may be pending.</summary>
    public void Dispose()
    {
        _incoming.Dispose();
        _held.Dispose();
        _identity.Dispose();
        _calls?.Dispose();
        _speakable?.Dispose();
    }

    private void Judge(ReadOnlySpan<byte> frame, Range range, IBufferWriter<byte> output)
    {
        var data = frame[range];
        if (data.IsEmpty)
        {
            // A comment. In front of the answer some clients take it for a broken stream.
            if (_open && _held.Length == 0) output.Write(frame);
        }
        else if (data.SequenceEqual("[DONE]"u8))
        {
            Done(frame, output);
        }
        else if (!ChunkReader.TryRead(data, _calls, out var chunk))
        {
            Outcome = AttemptOutcome.Invalid;
        }
        else if (SseFrame.IsError(frame) || (chunk.Has(ChunkKind.Error) && !chunk.Has(ChunkKind.Choice)))
        {
            Outcome = UpstreamError.Parse(data).Outcome;
        }
        else
        {
            if (_speakable is not null) frame = Speak(frame, ref range, ref chunk, output);
            Judge(frame, range, in chunk, output);
        }
    }

    /// <summary>What is judged is what can be heard: marks alone are no first token. They do show that the stream is alive.</summary>
    private ReadOnlySpan<byte> Speak(ReadOnlySpan<byte> frame, scoped ref Range range, scoped ref Chunk chunk, IBufferWriter<byte> output)
    {
        if (chunk.Has(ChunkKind.Progress)) _progress |= RelayProgress.Delta;
        if (chunk.Content.Equals(default) && SpeakableStream.EndsText(in chunk)) SpeakHeld(output);
        return _speakable!.Rewrite(frame, ref range, ref chunk);
    }

    /// <summary>Says in a frame of its own what was held until more is known, because no more follows.</summary>
    private void SpeakHeld(IBufferWriter<byte> output)
    {
        var frame = _speakable!.Finish(_identity);
        if (frame.IsEmpty || !ChunkReader.TryRead(frame[SseFrame.Data(frame)!.Value], calls: null, out var chunk)) return;
        Judge(frame, SseFrame.Data(frame)!.Value, in chunk, output);
    }

    private void Judge(ReadOnlySpan<byte> frame, Range range, ref readonly Chunk chunk, IBufferWriter<byte> output)
    {
        var data = frame[range];
        _identity.Remember(data, in chunk);
        if (chunk.Has(ChunkKind.Usage)) Usage = chunk.Usage;
        if (!chunk.Has(ChunkKind.Choice))
        {
            // Usage, or Azure's preamble, whose empty id and object break clients.
            if (!chunk.Has(ChunkKind.Usage) || !includeUsage) return;
            // The last chunk of a stream, so what has no finish gets none behind it.
            if (TryFinish(output)) Pass(frame, range, in chunk, output);
            return;
        }

        var finishing = chunk.Finished & ~_finished;
        _choices |= chunk.Choices;
        _finished |= chunk.Finished;
        _calling |= chunk.Calling;
        _meaningful |= chunk.Has(ChunkKind.Meaningful);
        if (chunk.Has(ChunkKind.Progress)) _progress |= RelayProgress.Delta;
        if (chunk.Has(ChunkKind.Meaningful)) _progress |= RelayProgress.Meaningful;
        if (!chunk.Content.Equals(default)) _endsSentence = Sentence.Ends(data[chunk.Content][1..^1]);
        if (chunk.Has(ChunkKind.Finish))
        {
            if (_calls?.Finish() == false) Outcome = AttemptOutcome.Cut;
            else if (voice && !_meaningful && data[chunk.FinishReason].SequenceEqual(ChunkReader.ContentFilter)) Outcome = AttemptOutcome.ContentFiltered;
            if (Outcome != AttemptOutcome.None) return;
        }

        _open |= chunk.Has(ChunkKind.Meaningful | ChunkKind.Finish) || (!voice && chunk.Has(ChunkKind.Reasoning));
        if (chunk.Has(ChunkKind.Delta))
        {
            Pass(frame, range, in chunk, output);
        }
        else if (finishing != 0)
        {
            Release(output);
            for (var choices = finishing; choices != 0; choices &= choices - 1)
                _identity.WriteFinish(output, (int)ulong.TrailingZeroCount(choices), data[chunk.FinishReason]);
        }
    }

    private void Pass(ReadOnlySpan<byte> frame, Range range, ref readonly Chunk chunk, IBufferWriter<byte> output)
    {
        if (_open && _calls is not { AnyOpen: true })
        {
            Release(output);
            Write(frame, range, in chunk, output);
        }
        else if (_open)
        {
            Write(frame, range, in chunk, _held);
            if (_held.Length > IncomingFrames.MaxFrameBytes) Outcome = AttemptOutcome.Invalid;
        }
        else if (_held.Length + frame.Length <= MaxHeldBytes)
        {
            Write(frame, range, in chunk, _held);
        }
    }

    private void Write(ReadOnlySpan<byte> frame, Range range, ref readonly Chunk chunk, IBufferWriter<byte> output)
    {
        if (model is null || chunk.Model.Equals(default))
        {
            output.Write(frame);
            return;
        }

        var start = range.Start.Value;
        output.Write(frame[..(start + chunk.Model.Start.Value)]);
        output.Write(model);
        output.Write(frame[(start + chunk.Model.End.Value)..]);
    }

    private void Release(IBufferWriter<byte> output)
    {
        if (_held.Length == 0) return;
        output.Write(_held.Span);
        _held.Clear();
    }

    private void Done(ReadOnlySpan<byte> frame, IBufferWriter<byte> output)
    {
        if (!TryFinish(output)) return;
        IsDone = true;
        if (!LeavesDone) output.Write(frame);
        Outcome = _meaningful ? AttemptOutcome.Completed : AttemptOutcome.Empty;
    }

    /// <summary>Ends the choices that upstream did not. False where there is nothing to end, or half a call.</summary>
    private bool TryFinish(IBufferWriter<byte> output)
    {
        if (_choices == 0 || _calls?.Finish() == false)
        {
            Outcome = AttemptOutcome.Cut;
            return false;
        }

        if (_speakable is not null) SpeakHeld(output);
        _open = true;
        Release(output);
        for (var choices = _choices & ~_finished; choices != 0; choices &= choices - 1)
        {
            var index = (int)ulong.TrailingZeroCount(choices);
            _identity.WriteFinish(output, index, (_calling & (1UL << index)) != 0 ? "\"tool_calls\""u8 : "\"stop\""u8);
        }

        _finished = _choices;
        return true;
    }

    /// <summary>The stream has ended, without <c>[DONE]</c> so far.</summary>
    private void End(IBufferWriter<byte> output)
    {
        // The last frame of some servers lacks its blank line.
        if (_incoming.Rest.TrimEnd("\r\n"u8).SequenceEqual("data: [DONE]"u8) || (_choices != 0 && _choices == _finished)) Done("data: [DONE]\n\n"u8, output);
        else Outcome = AttemptOutcome.Cut;
    }
}
