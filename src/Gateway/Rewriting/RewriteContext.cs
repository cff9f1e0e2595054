using Gateway.Options;
using Gateway.Upstream;

namespace Gateway.Rewriting;

/// <summary>What a rewritten request depends on besides the request and the deployment: values of the caller and of the turn.</summary>
internal readonly struct RewriteContext
{
    /// <summary>The caller's profile.</summary>
    public required CallerProfile Profile { get; init; }

    /// <summary>The most tokens of a completion of this caller; 0 for no limit.</summary>
    public int MaxCompletionTokens { get; init; }

    /// <summary>The key under which <c>user_id</c> is passed on; empty where it is not.</summary>
    public ReadOnlyMemory<byte> EndUserKey { get; init; }

    public string? ConversationId { get; init; }

    /// <summary>What is put in front of the system message.</summary>
    public ReadOnlyMemory<byte> SystemPrefix { get; init; }

    /// <summary>What an agent is told of the turn in <c>metadata</c>; null where none is asked.</summary>
    public AgentContext? Agent { get; init; }

    /// <summary>What is left out of all attempts of this turn.</summary>
    public TurnDrops Drops { get; init; }
}
