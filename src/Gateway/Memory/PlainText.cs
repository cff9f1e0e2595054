using System.Globalization;
using System.Text;

namespace Gateway.Memory;

/// <summary>What somebody has said, as one line that cannot pass for anything else.</summary>
internal static class PlainText
{
    /// <summary>
    /// The text in one line: no control characters, none that cannot be seen or that turn the direction, white space as single spaces; and angle brackets as others that look alike, so that
    /// no text can end the block that it stands in. Cut behind its last whole word where it is longer than it may be.
    /// </summary>
    public static string Of(string text, int mostCharacters)
    {
        var line = new StringBuilder(Math.Min(text.Length, mostCharacters + 2));
        var isBehindSpace = false;
        foreach (var rune in text.EnumerateRunes())
        {
            var isSpace = Rune.IsWhiteSpace(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.Control;
            isBehindSpace |= isSpace;
            if (isSpace || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned) continue;
            if (isBehindSpace && line.Length > 0) line.Append(' ');
            isBehindSpace = false;
            line.Append(rune.Value switch { '<' => "‹", '>' => "›", _ => rune.ToString() });
            if (line.Length > mostCharacters) break;
        }

        return line.Length <= mostCharacters ? line.ToString() : Cut(line.ToString(), mostCharacters);
    }

    private static string Cut(string line, int mostCharacters)
    {
        var end = line.LastIndexOf(' ', mostCharacters - 1);
        if (end < mostCharacters / 2) end = char.IsLowSurrogate(line[mostCharacters - 1]) ? mostCharacters - 2 : mostCharacters - 1;
        return line[..end] + "…";
    }
}
