namespace Gateway.Relay;

/// <summary>The token counts of an answer.</summary>
internal readonly record struct TokenUsage(int PromptTokens, int CompletionTokens, int CachedTokens);
