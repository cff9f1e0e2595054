namespace Gateway.Memory;

/// <summary>A fact as a text: what a service that keeps texts can hold, a model can read, and this endpoint can take apart again.</summary>
internal static class FactText
{
    private const string Separator = ": ";

    private const int LongestName = 64;

    // What both services take as one message.
    private const int LongestValue = 2000;

    public static string Of(string name, string value) => $"{name}{Separator}{Cut(value, LongestValue)}";

    /// <summary>The fact that a text holds; null where it is something else.</summary>
    public static KeyValuePair<string, string>? Read(string text)
    {
        var end = text.IndexOf(Separator, StringComparison.Ordinal);
        return end is > 0 and <= LongestName ? new(text[..end], text[(end + Separator.Length)..]) : null;
    }

    /// <summary>A text that is not longer than so many characters, and holds no half of one.</summary>
    public static string Cut(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
