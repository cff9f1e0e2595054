using System.Collections.Frozen;

namespace Gateway.Memory;

/// <summary>What is remembered of somebody and may be recalled for their number alone, which can be forged and which others use as well.</summary>
internal static class LowRiskFacts
{
    private static readonly string[] ByDefault = ["language", "preferred_name"];

    /// <summary>The names of those of a caller's end users.</summary>
    public static FrozenSet<string> Of(MemoryOptions options) => (options.LowRiskFields.Count > 0 ? options.LowRiskFields : ByDefault).ToFrozenSet(Recollection.Names);
}
