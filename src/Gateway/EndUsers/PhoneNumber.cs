namespace Gateway.EndUsers;

/// <summary>The number of a phone, as a name for who calls from it.</summary>
internal static class PhoneNumber
{
    private const string Punctuation = " +-()./";

    // A local number has no fewer digits.
    private const int FewestDigits = 7;

    /// <summary>
    /// Whether it names anybody: a number in E.164, <c>+</c> and 8 to 15 digits. What networks send for a withheld number ("anonymous", "Restricted",
    /// "266696687"), a short code or an extension of somebody's exchange would make one person of many.
    /// </summary>
    public static bool IsE164(string? number) => number is ['+', >= '1' and <= '9', ..] and { Length: >= 9 and <= 16 } && number.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;

    /// <summary>Whether it has nothing but digits and what is written between those of a number.</summary>
    public static bool IsWrittenAsOne(string text) => text.All(static c => char.IsDigit(c) || Punctuation.Contains(c, StringComparison.Ordinal));

    /// <summary>
    /// Whether it is the number of a phone to a human being, and names nobody: <c>+49 (151) 1234-5678</c>, <c>004915112345678</c>. Plain digits are taken for an id of somebody's own,
    /// unless they begin with what stands for the <c>+</c>.
    /// </summary>
    public static bool IsMisspelt(string text) =>
        !IsE164(text) && IsWrittenAsOne(text) && (text[0] == '+' || (text.Count(char.IsDigit) >= FewestDigits && (text.StartsWith("00", StringComparison.Ordinal) || text.Any(static c => !char.IsDigit(c)))));
}
