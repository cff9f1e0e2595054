using Gateway.Requests;

namespace Gateway.Rewriting;

/// <summary>What the models of one family take and refuse on Azure's chat completions.</summary>
internal sealed record ModelFamily
{
    /// <summary>The beginning of the names of the family's models; the longest that matches wins.</summary>
    public required string Prefix { get; init; }

    /// <summary>Whether <c>max_tokens</c> is refused in favour of <c>max_completion_tokens</c>.</summary>
    public bool WantsMaxCompletionTokens { get; init; }

    /// <summary>The field in which a cap goes that the caller did not send.</summary>
    public Field CapField { get; init; } = Field.MaxCompletionTokens;

    /// <summary>Fields that are answered with a 400 and therefore dropped.</summary>
    public FieldSet Refuses { get; init; }

    /// <summary>Fields that are answered with a 400 at any effort but <c>none</c>, and dropped there.</summary>
    public FieldSet RefusesWhileReasoning { get; init; }

    /// <summary>
    /// The lowest <c>reasoning_effort</c> that the family takes; sent for voice callers who set none, because reasoning is silence.
    /// </summary>
    public Effort? LowestEffort { get; init; }

    /// <summary>Whether the model reasons when no effort is sent.</summary>
    public bool ReasonsByDefault { get; init; }

    /// <summary>Whether tools are refused unless <c>reasoning_effort</c> is explicitly <c>none</c>.</summary>
    public bool ToolsNeedEffortNone { get; init; }

    /// <summary>Whether the end user's id goes into <c>safety_identifier</c>, which replaces <c>user</c> in the v1 API.</summary>
    public bool TakesSafetyIdentifier { get; init; }

    /// <summary>Whether the v1 API takes <c>prompt_cache_key</c>, and with it the header <c>x-ms-session-id</c>.</summary>
    public bool TakesPromptCacheKey { get; init; }
}
