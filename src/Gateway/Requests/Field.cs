namespace Gateway.Requests;

/// <summary>The fields of a chat completion request that are read, or that a rule may change; at most 64. All others pass unseen.</summary>
internal enum Field : byte
{
    Unknown,
    Model,
    Messages,
    Stream,
    StreamOptions,
    Tools,
    MaxTokens,
    MaxCompletionTokens,
    User,
    SafetyIdentifier,
    UserId,
    ElevenLabsExtraBody,
    ReasoningEffort,
    Temperature,
    TopP,
    PresencePenalty,
    FrequencyPenalty,
    Logprobs,
    TopLogprobs,
    LogitBias,
    Seed,
    Verbosity,
    ParallelToolCalls,
    ServiceTier,
    PromptCacheKey,
    PromptCacheRetention,
    PromptCacheOptions,
    Metadata,
}
