namespace Gateway.Memory;

/// <summary>What a call leaves to remember.</summary>
/// <param name="ConversationId">Which call it was; the same call is remembered once.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Summary">ElevenLabs' summary of its transcript; null where there is none.</param>
/// <param name="Facts">What ElevenLabs collected from it (<c>data_collection_results</c>), by name.</param>
internal sealed record CallNotes(string ConversationId, DateTimeOffset StartedAt, string? Summary, IReadOnlyDictionary<string, string> Facts);
