using System.Buffers;

namespace Gateway.Requests;

/// <summary>
/// Bytes that grow, in an array of the pool. Whoever disposes it must know that nobody can still touch its memory;
/// where that is not known, <see cref="Abandon"/> leaves the array to the garbage collector.
/// </summary>
internal sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private byte[] _array = [];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Memory => _array.AsMemory(0, Length);

    public ReadOnlySpan<byte> Span => _array.AsSpan(0, Length);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _array.Length - Length);
        Length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsSpan(Length);
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Forgets the content and keeps the array.</summary>
    public void Clear() => Length = 0;

    /// <summary>Drops the first <paramref name="count"/> bytes.</summary>
    public void Consume(int count)
    {
        Span[count..].CopyTo(_array);
        Length -= count;
    }

    /// <summary>Puts other bytes in the place of some.</summary>
    public void Replace(Range range, ReadOnlySpan<byte> bytes)
    {
        var (start, length) = range.GetOffsetAndLength(Length);
        var end = start + length;
        var grown = bytes.Length - length;
        if (grown > 0) Reserve(grown);
        _array.AsSpan(end, Length - end).CopyTo(_array.AsSpan(end + grown));
        bytes.CopyTo(_array.AsSpan(start));
        Length += grown;
    }

    /// <summary>Lets go of the array without returning it to the pool, because somebody may still read or write it.</summary>
    public void Abandon()
    {
        _array = [];
        Length = 0;
    }

    public void Dispose()
    {
        if (_array.Length > 0) ArrayPool<byte>.Shared.Return(_array);
        Abandon();
    }

    private void Reserve(int sizeHint)
    {
        var needed = Length + Math.Max(sizeHint, 1);
        if (needed <= _array.Length) return;

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Math.Max(_array.Length * 2, 4096)));
        Span.CopyTo(larger);
        if (_array.Length > 0) ArrayPool<byte>.Shared.Return(_array);
        _array = larger;
    }
}
