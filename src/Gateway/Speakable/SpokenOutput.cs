using Gateway.Requests;

namespace Gateway.Speakable;

/// <summary>
/// What may be said. Text in square brackets waits for what follows them: it may be a link's, or the way to speak, as in <c>[laughs]</c>. It waits for
/// <see cref="SpokenText.MaxHeld"/> characters at most.
/// </summary>
internal sealed class SpokenOutput : IDisposable
{
    private readonly PooledBuffer _said = new();
    private readonly PooledBuffer _bracket = new();
    private int _opening;
    private int _count;

    public ReadOnlySpan<byte> Json => _said.Span;

    /// <summary>Whether text in square brackets waits.</summary>
    public bool InBracket { get; private set; }

    public void Write(ReadOnlySpan<byte> json, int count)
    {
        if (!InBracket)
        {
            _said.Write(json);
            return;
        }

        _bracket.Write(json);
        _count += count;
        if (_count >= SpokenText.MaxHeld) Release();
    }

    /// <summary>Begins a bracket. One that waits is none, because links do not nest.</summary>
    public void Open(ReadOnlySpan<byte> opening)
    {
        Release();
        InBracket = true;
        _bracket.Write(opening);
        _opening = opening.Length;
    }

    /// <summary>What waits is a link's text: it is said without the opening.</summary>
    public void ReleaseLink()
    {
        _bracket.Consume(_opening);
        Release();
    }

    /// <summary>What waits is said as it is.</summary>
    public void Release()
    {
        if (!InBracket) return;
        InBracket = false;
        _said.Write(_bracket.Span);
        _bracket.Clear();
        _count = 0;
    }

    /// <summary>Forgets what was said.</summary>
    public void Clear() => _said.Clear();

    public void Dispose()
    {
        _said.Dispose();
        _bracket.Dispose();
    }
}
