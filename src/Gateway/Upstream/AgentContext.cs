using Gateway.Requests;
using Gateway.Turns;

namespace Gateway.Upstream;

/// <summary>What an agent is told of the turn, in headers and in the request's metadata. All of it is letters, digits and a few marks.</summary>
/// <param name="RequestId">The turn's id.</param>
/// <param name="ConversationId">The conversation; null where none is named.</param>
/// <param name="User">The pseudonym of <c>user_id</c>, which whoever starts the conversation chooses; null where none is named, or there is no key for it.</param>
internal sealed record AgentContext(string RequestId, string? ConversationId, string? User)
{
    /// <summary>What a turn has to tell.</summary>
    /// <param name="turn">The turn.</param>
    /// <param name="endUserKey">The key of pseudonyms; empty where there is none.</param>
    public static AgentContext Of(Turn turn, ReadOnlySpan<byte> endUserKey) =>
        new(turn.RequestId, turn.ConversationId, turn.Request!.UserId is { Length: > 0 } id && !endUserKey.IsEmpty ? Pseudonym.Of(id, endUserKey) : null);
}
