namespace Gateway.Memory;

/// <summary>A fact that a memory has. A service keeps it as a text: what a model there can read, and this endpoint can take apart again.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
/// <param name="IsSigned">Whether the end user was known by a signed identity when it was told.</param>
/// <param name="At">When it was told.</param>
internal sealed record KnownFact(string Name, string Value, bool IsSigned, DateTimeOffset At)
{
    private const string Separator = ": ";

    private const int LongestName = 64;

    // Half of what both services take as one message.
    private const int LongestValue = 2000;

    public static string TextOf(string name, string value) => $"{NameOf(name)}{Separator}{Cut(value, LongestValue)}";

    /// <summary>Whether it is of this name.</summary>
    public bool Is(string name) => Recollection.Names.Equals(Name, NameOf(name));

    /// <summary>A name as it stands in a text.</summary>
    private static string NameOf(string name) => Cut(name.Replace(Separator, ":", StringComparison.Ordinal), LongestName);

    /// <summary>The fact that a text holds; null where it is something else.</summary>
    public static KnownFact? Read(string text, bool isSigned, DateTimeOffset at)
    {
        var end = text.IndexOf(Separator, StringComparison.Ordinal);
        return end is > 0 and <= LongestName ? new(text[..end], text[(end + Separator.Length)..], isSigned, at) : null;
    }

    /// <summary>One of each name, newest first. What came signed stands before what did not, however old it is.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Recall(IEnumerable<KnownFact> facts) => facts
        .OrderByDescending(static fact => fact.IsSigned).ThenByDescending(static fact => fact.At)
        .DistinctBy(static fact => fact.Name, Recollection.Names)
        .OrderByDescending(static fact => fact.At)
        .Select(static fact => new KeyValuePair<string, string>(fact.Name, fact.Value));

    /// <summary>A text that is not longer than so many characters, and holds no half of one.</summary>
    public static string Cut(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
