using System.Globalization;
using System.Text;

namespace Gateway.Speech;

/// <summary>
/// The characters of a JSON string, read from its bytes between the quotes. The string is known to be valid JSON in valid UTF-8; half a
/// surrogate pair, which JSON allows, reads as U+FFFD.
/// </summary>
internal ref struct JsonRunes(ReadOnlySpan<byte> text)
{
    private readonly ReadOnlySpan<byte> _text = text;

    public Rune Current { get; private set; }

    /// <summary>The byte after <see cref="Current"/>.</summary>
    public int Position { get; private set; }

    public readonly JsonRunes GetEnumerator() => this;

    public bool MoveNext()
    {
        if (Position >= _text.Length) return false;

        var first = _text[Position];
        if (first == '\\')
        {
            Current = ReadEscape();
        }
        else if (first < 0x80)
        {
            Current = new Rune((char)first);
            Position++;
        }
        else
        {
            Rune.DecodeFromUtf8(_text[Position..], out var rune, out var length);
            Current = rune;
            Position += length;
        }

        return true;
    }

    private Rune ReadEscape()
    {
        var escaped = (char)_text[Position + 1];
        if (escaped != 'u')
        {
            Position += 2;
            return new Rune(escaped switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'b' => '\b', 'f' => '\f', _ => escaped });
        }

        var unit = ReadUnit();
        if (Rune.TryCreate(unit, out var rune)) return rune;
        if (!char.IsHighSurrogate(unit) || !_text[Position..].StartsWith("\\u"u8)) return Rune.ReplacementChar;

        var afterUnit = Position;
        if (Rune.TryCreate(unit, ReadUnit(), out rune)) return rune;
        Position = afterUnit;
        return Rune.ReplacementChar;
    }

    private char ReadUnit()
    {
        var unit = ushort.Parse(_text.Slice(Position + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        Position += 6;
        return (char)unit;
    }
}
