using Gateway.EndUsers;

namespace Gateway.Memory;

/// <summary>What is recalled once: of an end user, for a conversation.</summary>
/// <param name="User">The end user, with their tenant and trust.</param>
/// <param name="ConversationId">The conversation; null where none is named.</param>
internal sealed record RecallKey(EndUser User, string? ConversationId);
