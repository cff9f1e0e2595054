using System.Text;

namespace Gateway.Rewriting;

/// <summary>A value of <c>reasoning_effort</c>.</summary>
internal sealed class Effort
{
    public static readonly Effort None = new("none");
    public static readonly Effort Minimal = new("minimal");
    public static readonly Effort Low = new("low");

    private static readonly Effort[] Ascending = [None, Minimal, Low, new("medium"), new("high"), new("xhigh")];

    private readonly byte[] _json;

    private Effort(string name) => (Name, _json) = (name, Encoding.UTF8.GetBytes($"\"{name}\""));

    public string Name { get; }

    /// <summary>The value as it is sent.</summary>
    public ReadOnlySpan<byte> Json => _json;

    /// <summary>The lowest effort that a text names in single quotes; null where it names none.</summary>
    public static Effort? LowestIn(ReadOnlySpan<char> text)
    {
        foreach (var effort in Ascending)
        {
            if (text.Contains($"'{effort.Name}'", StringComparison.Ordinal)) return effort;
        }

        return null;
    }
}
