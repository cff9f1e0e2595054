using System.Text;

namespace Gateway.Speech;

/// <summary>
/// The beginning of a text as it is compared: white space at the start is gone, any other run of it is one space, and <c>…</c>, <c>...</c> and more dots are three dots.
/// The history may come back in either form, escaped or not.
/// </summary>
/// <param name="text">Where the folded characters go.</param>
/// <param name="ends">Where the byte after each of them goes.</param>
internal ref struct FoldedText(Span<char> text, Span<int> ends)
{
    /// <summary>How much more room it wants than characters are to be read: what is held back are three dots and a surrogate pair.</summary>
    public const int Slack = 5;

    private readonly Span<char> _text = text;
    private readonly Span<int> _ends = ends;
    private int _count;

    public readonly ReadOnlySpan<char> Text => _text[.._count];

    /// <summary>Whether the whole text is there.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>The byte after the folded character that ends here.</summary>
    public readonly int End(int index) => _ends[index];

    /// <summary>The first UTF-16 character of a text, folded; null where it is blank.</summary>
    public static char? First(ReadOnlySpan<byte> text)
    {
        Span<char> units = stackalloc char[2];
        foreach (var rune in new JsonRunes(text))
        {
            if (Rune.IsWhiteSpace(rune)) continue;
            rune.EncodeToUtf16(units);
            return DotsOf(rune) > 0 ? '.' : units[0];
        }

        return null;
    }

    /// <summary>Reads a JSON string's bytes, given without its quotes, as far as there is room.</summary>
    public void Read(ReadOnlySpan<byte> text)
    {
        var source = new JsonRunes(text);
        var (dots, dotsEnd, isAfterSpace, spaceEnd) = (0, 0, false, 0);
        while (_count + Slack <= _text.Length)
        {
            if (!source.MoveNext())
            {
                AddDots(dots, dotsEnd);
                if (isAfterSpace) Add(' ', spaceEnd);
                IsWhole = true;
                return;
            }

            var rune = source.Current;
            if (Rune.IsWhiteSpace(rune))
            {
                AddDots(dots, dotsEnd);
                dots = 0;
                (isAfterSpace, spaceEnd) = (_count > 0, source.Position);
                continue;
            }

            if (isAfterSpace) Add(' ', spaceEnd);
            isAfterSpace = false;
            if (DotsOf(rune) is > 0 and var more)
            {
                (dots, dotsEnd) = (dots + more, source.Position);
                continue;
            }

            AddDots(dots, dotsEnd);
            dots = 0;
            _count += rune.EncodeToUtf16(_text[_count..]);
            _ends[_count - 1] = source.Position;
        }
    }

    private static int DotsOf(Rune rune) => rune.Value switch { '.' => 1, '…' => 3, _ => 0 };

    private void AddDots(int count, int end)
    {
        for (var i = Math.Min(count, 3); i > 0; i--) Add('.', end);
    }

    private void Add(char c, int end)
    {
        _text[_count] = c;
        _ends[_count++] = end;
    }
}
