using System.Globalization;

namespace Gateway.EndUsers;

/// <summary>The number of a phone, as a name for who calls from it.</summary>
internal static class PhoneNumber
{
    private const string Punctuation = "+＋./,·";
    private const string Scheme = "tel:";

    // A local number has no fewer digits.
    private const int FewestDigits = 7;

    /// <summary>
    /// Whether it names anybody: a number in E.164, <c>+</c> and 8 to 15 digits. What networks send for a withheld number ("anonymous", "Restricted",
    /// "266696687"), a short code or an extension of somebody's exchange would make one person of many.
    /// </summary>
    public static bool IsE164(string? number) => number is ['+', >= '1' and <= '9', ..] and { Length: >= 9 and <= 16 } && number.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;

    /// <summary>Whether it has nothing but digits and what is written between those of a number, or comes with it from a list of contacts: marks of direction, spaces and dashes of all kinds.</summary>
    public static bool IsWrittenAsOne(string text) => Bare(text).All(static c => char.IsDigit(c) || IsBetweenDigits(c));

    /// <summary>
    /// Whether it is the number of a phone to a human being, and names nobody: <c>+49 (151) 1234-5678</c>, <c>004915112345678</c>. Plain digits are taken for an id of somebody's own,
    /// unless they begin with what stands for the <c>+</c>.
    /// </summary>
    public static bool IsMisspelt(string text)
    {
        if (IsE164(text) || !IsWrittenAsOne(text)) return false;
        var number = Bare(text);
        return number.Length < text.Length || number.Any(static c => c is '+' or '＋')
            || (number.Count(char.IsDigit) >= FewestDigits && (number.StartsWith("00", StringComparison.Ordinal) || !number.All(char.IsDigit)));
    }

    private static string Bare(string text) => text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? text[Scheme.Length..] : text;

    private static bool IsBetweenDigits(char c) => Punctuation.Contains(c, StringComparison.Ordinal) || char.GetUnicodeCategory(c) is
        UnicodeCategory.SpaceSeparator or UnicodeCategory.DashPunctuation or UnicodeCategory.OpenPunctuation or UnicodeCategory.ClosePunctuation or UnicodeCategory.Format or UnicodeCategory.Control;
}
