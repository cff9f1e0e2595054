using Gateway.Options;

namespace Gateway.CallStart;

/// <summary>What is remembered of somebody and may be recalled for their number alone, which can be forged and which others use as well.</summary>
internal static class LowRiskFacts
{
    private static readonly IReadOnlyCollection<string> Names = ["language", "preferred_name"];

    /// <summary>The names of those of a caller's end users.</summary>
    public static IReadOnlyCollection<string> Of(CallerOptions _) => Names;
}
