using System.Text.RegularExpressions;
using Gateway.Options;

namespace Infra.Tests.Settings;

/// <summary>The names of all settings of the gateway, for what may have been meant by one that it does not have.</summary>
internal static partial class Names
{
    private static readonly string[] All = [.. Below(typeof(GatewayOptions), "").Select(name => name["__".Length..])];

    /// <summary>The setting that differs from <paramref name="name"/> by two characters at most, with its numbers; null: there is none.</summary>
    public static string? Near(string name)
    {
        var numbers = new Queue<string>(Number().Matches(name).Select(match => match.Value));
        var (distance, near) = All.Select(known => (Distance(known.ToUpperInvariant(), Number().Replace(name, "#").ToUpperInvariant()), known)).Min();
        return distance > 2 ? null : Hash().Replace(near, _ => numbers.TryDequeue(out var number) ? number : "0");
    }

    // '#' where a list has a number.
    private static IEnumerable<string> Below(Type type, string name) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IList<>) ? Below(type.GetGenericArguments()[0], $"{name}__#")
        : type.IsEnum || type.Assembly != typeof(GatewayOptions).Assembly ? [name]
        : type.GetProperties().Where(p => p.CanWrite || !(p.PropertyType.IsValueType || p.PropertyType == typeof(string))).SelectMany(p => Below(p.PropertyType, $"{name}__{p.Name}"));

    // Levenshtein's, a row at a time.
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var before = row;
            row = [i, .. new int[other.Length]];
            for (var j = 1; j <= other.Length; j++) row[j] = Math.Min(Math.Min(before[j], row[j - 1]) + 1, before[j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1));
        }

        return row[^1];
    }

    [GeneratedRegex("(?<=__)[0-9]+(?=__|$)")]
    public static partial Regex Number();

    [GeneratedRegex("#")]
    private static partial Regex Hash();
}
