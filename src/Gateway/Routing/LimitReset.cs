using System.Globalization;

namespace Gateway.Routing;

/// <summary>The time in <c>x-ratelimit-reset-*</c>.</summary>
internal static class LimitReset
{
    /// <summary>Seconds as Azure writes them (<c>59</c>), or parts as OpenAI does (<c>6m0s</c>, <c>12ms</c>); null where it is neither.</summary>
    public static TimeSpan? Parse(string? text)
    {
        var rest = text.AsSpan();
        // What is longer is no time.
        if (rest.Length is 0 or > 32) return null;
        if (Number(rest, out var seconds) == rest.Length) return TimeSpan.FromSeconds(seconds);

        var sum = 0.0;
        while (rest.Length > 0)
        {
            var digits = Number(rest, out var number);
            var unit = rest[digits..];
            var letters = unit.IndexOfAnyInRange('0', '9') is >= 0 and var next ? next : unit.Length;
            var scale = unit[..letters] switch { "ms" => 0.001, "s" => 1, "m" => 60, "h" => 3600, "d" => 86400, _ => double.NaN };
            if (digits == 0 || double.IsNaN(scale)) return null;
            sum += number * scale;
            rest = unit[letters..];
        }

        return TimeSpan.FromSeconds(sum);
    }

    private static int Number(ReadOnlySpan<char> text, out double number)
    {
        var length = 0;
        while (length < text.Length && (char.IsAsciiDigit(text[length]) || text[length] == '.')) length++;
        // A day and more is all the same, and beyond its range TimeSpan throws.
        number = double.TryParse(text[..length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var parsed) ? Math.Min(parsed, 86400) : 0;
        return length;
    }
}
