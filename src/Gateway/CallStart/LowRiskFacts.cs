namespace Gateway.CallStart;

/// <summary>What is remembered of somebody and may be recalled for their number alone, which can be forged and which others use as well.</summary>
internal static class LowRiskFacts
{
    public static readonly IReadOnlyCollection<string> Names = ["language", "preferred_name"];
}
