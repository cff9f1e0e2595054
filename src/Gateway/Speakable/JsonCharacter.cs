using System.Buffers.Text;
using System.Text;

namespace Gateway.Speakable;

/// <summary>One character of a JSON string, as it stands there: raw or as an escape. Behind the last one there is <see cref="End"/>.</summary>
internal readonly ref struct JsonCharacter(int value, ReadOnlySpan<byte> raw)
{
    /// <summary>The end of a text, which to its neighbours is like a blank.</summary>
    public const int EndValue = -1;

    /// <summary>The code point; that of a surrogate where its other half is missing.</summary>
    public int Value { get; } = value;

    /// <summary>The bytes that stand for it.</summary>
    public ReadOnlySpan<byte> Raw { get; } = raw;

    public static JsonCharacter End => new(EndValue, default);

    public bool EndsLine => Value is '\n' or EndValue;

    public bool IsSpace => Characters.IsSpace(Value);

    /// <summary>The first character of a part of a string that is valid JSON, without its quotes.</summary>
    public static JsonCharacter First(ReadOnlySpan<byte> text)
    {
        if (text[0] == '\\') return Escape(text);
        if (text[0] < 0x80) return new(text[0], text[..1]);
        // What is no UTF-8 goes on as it is, a byte at a time at the least.
        Rune.DecodeFromUtf8(text, out var rune, out var length);
        return new(rune.Value, text[..length]);
    }

    private static JsonCharacter Escape(ReadOnlySpan<byte> text)
    {
        if (text[1] != 'u')
        {
            int value = (char)text[1] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', 'b' => '\b', 'f' => '\f', var itself => itself };
            return new(value, text[..2]);
        }

        var unit = Unit(text);
        // Both halves are one character, so that nothing can come between them.
        if (char.IsHighSurrogate(unit) && text[6..].StartsWith("\\u"u8) && Unit(text[6..]) is var low && char.IsLowSurrogate(low))
            return new(char.ConvertToUtf32(unit, low), text[..12]);
        return new(unit, text[..6]);
    }

    private static char Unit(ReadOnlySpan<byte> escape) => Utf8Parser.TryParse(escape.Slice(2, 4), out ushort unit, out _, 'x') ? (char)unit : '\0';
}
