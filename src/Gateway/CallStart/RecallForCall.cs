using Gateway.EndUsers;
using Gateway.Memory;

namespace Gateway.CallStart;

/// <summary>Looks up what is remembered of who calls, so that it is at hand when the call's first turn asks.</summary>
/// <param name="user">Who calls.</param>
/// <param name="conversationId">The conversation to come; null where ElevenLabs has not told it.</param>
/// <param name="cancellationToken">Cancelled when it is of no use any more.</param>
internal delegate Task<Recollection> RecallForCall(EndUser user, string? conversationId, CancellationToken cancellationToken);
