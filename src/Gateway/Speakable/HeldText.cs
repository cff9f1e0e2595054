using Gateway.Requests;

namespace Gateway.Speakable;

/// <summary>Characters of which is not yet known what they mean.</summary>
internal sealed class HeldText : IDisposable
{
    private readonly PooledBuffer _json = new();

    public int Count { get; private set; }

    public bool IsFull => Count == SpokenText.MaxHeld;

    /// <summary>The characters as JSON. Printable ones of ASCII stand for themselves, so that words can be compared with words.</summary>
    public ReadOnlySpan<byte> Json => _json.Span;

    public void Add(JsonCharacter c)
    {
        if (c.Value is > ' ' and < 0x7F and not ('"' or '\\')) _json.Write([(byte)c.Value]);
        else _json.Write(c.Raw);
        Count++;
    }

    public void Clear()
    {
        _json.Clear();
        Count = 0;
    }

    public void Dispose() => _json.Dispose();
}
