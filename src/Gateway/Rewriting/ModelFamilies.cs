using Gateway.Requests;

namespace Gateway.Rewriting;

/// <summary>
/// The families that are known, as data. Sources: "Azure OpenAI reasoning models" and "Model retirements" on learn.microsoft.com
/// (2026-07), github.com/BerriAI/litellm/issues/34569 and github.com/dotnet/extensions/issues/7407 for tools with an explicit effort.
/// </summary>
internal static class ModelFamilies
{
    private static readonly Field[] Sampling =
    [
        Field.Temperature, Field.TopP, Field.PresencePenalty, Field.FrequencyPenalty, Field.Logprobs, Field.TopLogprobs, Field.LogitBias,
    ];

    private static readonly ModelFamily Reasoning = new()
    {
        Prefix = "o",
        WantsMaxCompletionTokens = true,
        Refuses = Sampling,
        LowestEffort = "low",
        TakesSafetyIdentifier = true,
    };

    private static readonly ModelFamily[] All =
    [
        new() { Prefix = "gpt-3.5", Refuses = [Field.ReasoningEffort] },
        new() { Prefix = "gpt-35", Refuses = [Field.ReasoningEffort] },
        new() { Prefix = "gpt-4", Refuses = [Field.ReasoningEffort] },
        Reasoning with { Prefix = "o1" },
        Reasoning with { Prefix = "o3" },
        Reasoning with { Prefix = "o4" },
        Reasoning with { Prefix = "gpt-5", LowestEffort = "minimal" },
        Reasoning with { Prefix = "gpt-5-chat", LowestEffort = null, Refuses = [Field.ReasoningEffort] },
        Reasoning with { Prefix = "gpt-5.1", LowestEffort = "none" },
        Reasoning with { Prefix = "gpt-5.2", LowestEffort = "none" },
        // 5.4 and 5.6 were seen to want it; so may what comes after them, and those that do not take it as well.
        Reasoning with { Prefix = "gpt-5.", LowestEffort = "none", ToolsNeedEffortNone = true },
    ];

    /// <summary>A model of no known family: nothing is dropped, renamed or set.</summary>
    private static readonly ModelFamily Unknown = new() { Prefix = "" };

    public static ModelFamily Find(string model) =>
        All.Where(family => model.StartsWith(family.Prefix, StringComparison.OrdinalIgnoreCase)).MaxBy(family => family.Prefix.Length) ?? Unknown;
}
