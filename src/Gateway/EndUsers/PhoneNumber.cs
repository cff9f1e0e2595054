namespace Gateway.EndUsers;

/// <summary>The number of a phone, as a name for who calls from it.</summary>
internal static class PhoneNumber
{
    /// <summary>
    /// Whether it names anybody: a number in E.164, <c>+</c> and 8 to 15 digits. What networks send for a withheld number ("anonymous", "Restricted",
    /// "266696687"), a short code or an extension of somebody's exchange would make one person of many.
    /// </summary>
    public static bool IsE164(string? number) => number is ['+', >= '1' and <= '9', ..] and { Length: >= 9 and <= 16 } && number.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;
}
