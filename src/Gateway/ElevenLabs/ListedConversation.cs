namespace Gateway.ElevenLabs;

/// <summary>A conversation, as ElevenLabs lists it.</summary>
/// <param name="AgentId">Its agent.</param>
/// <param name="ConversationId">Its id.</param>
/// <param name="Started">When it began.</param>
/// <param name="Ended">When it ended, as far as it has.</param>
/// <param name="IsFinal">Whether nothing more comes of it: it was looked through, or it has failed. Its transcript is as whole as it will be.</param>
internal sealed record ListedConversation(string AgentId, string ConversationId, DateTimeOffset Started, DateTimeOffset Ended, bool IsFinal);
