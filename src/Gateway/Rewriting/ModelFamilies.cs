using Gateway.Requests;

namespace Gateway.Rewriting;

/// <summary>
/// The families that are known, as data. Sources: "Azure OpenAI reasoning models" and "Model retirements" on learn.microsoft.com (2026-07).
/// Parameters at an effort: "GPT-5.4 parameter compatibility" in OpenAI's guide to the latest model, github.com/BerriAI/litellm/pull/32060 (gpt-5.5) and
/// github.com/vercel/ai/pull/11174 (gpt-5.1, gpt-5.2). Tools with an effort: github.com/BerriAI/litellm/pull/34569,
/// github.com/dotnet/extensions/issues/7407. parallel_tool_calls: github.com/microsoft/semantic-kernel/issues/10365.
/// What a deployment refuses beyond that is learned from it (<see cref="LearnedRules"/>).
/// </summary>
internal static class ModelFamilies
{
    private static readonly FieldSet Sampling = FieldSet.Of(
        Field.Temperature, Field.TopP, Field.PresencePenalty, Field.FrequencyPenalty, Field.Logprobs, Field.TopLogprobs, Field.LogitBias);

    private static readonly ModelFamily Plain = new() { Prefix = "", CapField = Field.MaxTokens, Refuses = FieldSet.Of(Field.ReasoningEffort) };

    private static readonly ModelFamily Reasoning = new()
    {
        Prefix = "",
        WantsMaxCompletionTokens = true,
        Refuses = Sampling,
        ReasonsByDefault = true,
        TakesSafetyIdentifier = true,
        TakesPromptCacheKey = true,
    };

    private static readonly ModelFamily O = Reasoning with { Refuses = Sampling | Field.ParallelToolCalls, LowestEffort = Effort.Low };

    /// <summary>Since 5.1 a model that is told not to reason takes what a model takes that never does, except for logit_bias.</summary>
    private static readonly ModelFamily Since51 = Reasoning with { Refuses = FieldSet.Of(Field.LogitBias), RefusesWhileReasoning = Sampling, LowestEffort = Effort.None };

    private static readonly ModelFamily[] All =
    [
        Plain with { Prefix = "gpt-3.5" },
        Plain with { Prefix = "gpt-35" },
        Plain with { Prefix = "gpt-4", TakesPromptCacheKey = true },
        O with { Prefix = "o1" },
        O with { Prefix = "o3" },
        O with { Prefix = "o4" },
        Reasoning with { Prefix = "gpt-5", LowestEffort = Effort.Minimal },
        Reasoning with { Prefix = "gpt-5-chat", Refuses = FieldSet.Of(Field.ReasoningEffort), ReasonsByDefault = false },
        // They take no effort but medium, which is what they do without.
        Reasoning with { Prefix = "gpt-5.1-chat" },
        Reasoning with { Prefix = "gpt-5.2-chat" },
        Reasoning with { Prefix = "gpt-5.3-chat" },
        Since51 with { Prefix = "gpt-5.1", ReasonsByDefault = false },
        Since51 with { Prefix = "gpt-5.2", ReasonsByDefault = false },
        Since51 with { Prefix = "gpt-5.4", ReasonsByDefault = false, ToolsNeedEffortNone = true },
        // What comes after them was seen to want it as well.
        Since51 with { Prefix = "gpt-5.", ToolsNeedEffortNone = true },
        Since51 with { Prefix = "gpt-6", ToolsNeedEffortNone = true },
    ];

    /// <summary>A model of no known family, or what an agent is: what the caller sends goes on, but for the limits of a voice caller.</summary>
    public static readonly ModelFamily Unknown = new() { Prefix = "" };

    public static ModelFamily Find(string model) =>
        All.Where(family => model.StartsWith(family.Prefix, StringComparison.OrdinalIgnoreCase)).MaxBy(family => family.Prefix.Length) ?? Unknown;
}
