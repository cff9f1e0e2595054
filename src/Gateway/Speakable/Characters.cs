namespace Gateway.Speakable;

/// <summary>What a character is to the marks beside it.</summary>
internal static class Characters
{
    /// <summary>Whether it is white space, or the end of the text.</summary>
    public static bool IsSpace(int value) => value <= ' ' || value is 0xA0 or (>= 0x2000 and <= 0x200B) or 0x2028 or 0x2029 or 0x202F or 0x3000;

    /// <summary>
    /// Whether it is a letter or digit of a script that puts blanks between words. In the others (Chinese, Japanese, Thai …) marks stand inside of
    /// what looks like a word; in Korean, endings follow them.
    /// </summary>
    public static bool IsWord(int value) => value < 0x80
        ? value >= 0 && char.IsAsciiLetterOrDigit((char)value)
        : value is (>= 0xC0 and < 0xE00) or (>= 0x1E00 and < 0x2000);

    public static bool IsClosingBracket(int value) => value is ')' or ']' or '}';

    public static bool IsAsciiPunctuation(int value) => value is > ' ' and < 0x7F && !char.IsAsciiLetterOrDigit((char)value);

    /// <summary>Whether it can stand in a URL that nobody put into brackets.</summary>
    public static bool IsUrl(int value) => value < 0x80
        ? value > ' ' && value is not ('<' or '>' or '"' or '`' or '{' or '}' or '|' or '\\' or '^' or '[' or ']' or '*')
        : value is >= 0xC0 and < 0x2000;

    /// <summary>Whether it belongs to the sentence rather than to the URL in front of it.</summary>
    public static bool EndsSentence(int value) => value is '.' or ',' or ';' or ':' or '!' or '?' or '\'';
}
