using System.Buffers;

namespace Gateway.Requests;

/// <summary>A list in an array of the pool, for what every turn collects. Dispose it when nobody reads its span any more.</summary>
internal struct PooledList<T>() : IDisposable
    where T : struct
{
    private T[] _array = [];

    public int Count { get; private set; }

    public readonly ReadOnlySpan<T> Span => _array.AsSpan(0, Count);

    public void Add(T item)
    {
        if (Count == _array.Length) Grow();
        _array[Count++] = item;
    }

    public void Dispose()
    {
        if (_array.Length > 0) ArrayPool<T>.Shared.Return(_array);
        _array = [];
        Count = 0;
    }

    private void Grow()
    {
        var larger = ArrayPool<T>.Shared.Rent(Math.Max(16, Count * 2));
        Span.CopyTo(larger);
        if (_array.Length > 0) ArrayPool<T>.Shared.Return(_array);
        _array = larger;
    }
}
