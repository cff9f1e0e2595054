using Gateway.Requests;

namespace Gateway.Relay;

/// <summary>Cuts what is read of a stream into its frames.</summary>
internal sealed class IncomingFrames : IDisposable
{
    /// <summary>The largest frame. One of more is no chat completion chunk.</summary>
    public const int MaxFrameBytes = 1024 * 1024;

    // One read of a TLS record.
    private const int ReadSize = 16 * 1024;

    private readonly PooledBuffer _bytes = new();
    private PooledBuffer? _joined;
    private int _position;
    private int _searched;

    /// <summary>Where to read the next bytes of the stream to. Tell <see cref="Advance"/> how many there are.</summary>
    public Memory<byte> Free => _bytes.GetMemory(ReadSize);

    /// <summary>What has come of a frame that is not whole, or is too large, once <see cref="TryRead"/> has found no other.</summary>
    public ReadOnlySpan<byte> Rest => _bytes.Span[_position..];

    /// <summary>Whether that is more than a frame may have.</summary>
    public bool IsTooLarge => Rest.Length > MaxFrameBytes;

    /// <summary>So many bytes were read into <see cref="Free"/>.</summary>
    public void Advance(int count) => _bytes.Advance(count);

    /// <summary>The next whole frame, with its blank line, and where its data is; both until the next call.</summary>
    public bool TryRead(out ReadOnlySpan<byte> frame, out Range data)
    {
        var rest = Rest;
        var length = SseFrame.Length(rest, _searched);
        _searched = length == 0 ? rest.Length : 0;
        if (length is 0 or > MaxFrameBytes)
        {
            // Once a read and not at each frame, because what follows is copied to the front.
            _bytes.Consume(_position);
            _position = 0;
            frame = default;
            data = default;
            return false;
        }

        _position += length;
        frame = rest[..length];
        if (SseFrame.Data(frame) is not { } range)
        {
            frame = Join(frame);
            range = SseFrame.Data(frame)!.Value;
        }

        data = range;
        return true;
    }

    /// <summary>Returns the buffers. No read may be pending.</summary>
    public void Dispose()
    {
        _bytes.Dispose();
        _joined?.Dispose();
    }

    /// <summary>A frame whose data stands on several lines, on one.</summary>
    private ReadOnlySpan<byte> Join(ReadOnlySpan<byte> frame)
    {
        _joined ??= new PooledBuffer();
        _joined.Clear();
        _joined.Write("data:"u8);
        foreach (var line in frame.Split((byte)'\n'))
        {
            if (frame[line].StartsWith("data:"u8)) _joined.Write(frame[line]["data:".Length..].TrimEnd((byte)'\r'));
        }

        _joined.Write("\n\n"u8);
        return _joined.Span;
    }
}
