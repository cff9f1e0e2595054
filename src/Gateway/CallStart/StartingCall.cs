using Gateway.Authentication;
using Gateway.Errors;
using Gateway.Requests;

namespace Gateway.CallStart;

/// <summary>The start of one call, as it is found out.</summary>
internal sealed class StartingCall(long arrival)
{
    /// <summary>When ElevenLabs asked.</summary>
    public long Arrival => arrival;

    /// <summary>Null where the call gets its answer.</summary>
    public Failure? Failure { get; set; }

    public Caller? Caller { get; set; }

    /// <summary>What is told at the start of the caller's calls.</summary>
    public CallerStart? Start { get; set; }

    /// <summary>What ElevenLabs told.</summary>
    public CallStartRequest Told { get; set; } = new();

    /// <summary>The conversation to come, where ElevenLabs told it.</summary>
    public string? ConversationId => Conversation.IsId(Told.ConversationId) ? Told.ConversationId : null;

    public CallIdentity Identity { get; set; }

    public RecallOutcome Recall { get; set; }

    public IReadOnlyDictionary<string, string> Remembered { get; set; } = CallRecall.Nothing;
}
