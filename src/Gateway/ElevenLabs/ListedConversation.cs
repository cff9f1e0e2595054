namespace Gateway.ElevenLabs;

/// <summary>A conversation, as ElevenLabs lists it.</summary>
/// <param name="AgentId">Its agent.</param>
/// <param name="ConversationId">Its id.</param>
/// <param name="Started">When it began.</param>
/// <param name="Ended">When it ended, as far as it has.</param>
/// <param name="IsDone">Whether it has ended and was looked through; its transcript is whole then.</param>
internal sealed record ListedConversation(string AgentId, string ConversationId, DateTimeOffset Started, DateTimeOffset Ended, bool IsDone);
