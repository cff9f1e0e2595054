namespace Gateway.Webhooks;

/// <summary>What is known of a webhook's event, while its body comes in.</summary>
internal sealed class WebhookEvent
{
    public const string Transcription = "post_call_transcription";
    public const string Audio = "post_call_audio";
    public const string InitiationFailure = "call_initiation_failure";

    /// <summary>The event's type; one that nobody knows yet is kept as well.</summary>
    public string? Type { get; set; }

    /// <summary>When it happened.</summary>
    public DateTimeOffset? Timestamp { get; set; }

    public string? AgentId { get; set; }

    public string? ConversationId { get; set; }

    /// <summary>Whether <c>data.full_audio</c> was there.</summary>
    public bool HasAudio { get; set; }

    /// <summary>Whether it is a recording, or is to become one: what stands around it is not kept.</summary>
    public bool IsRecording => HasAudio || Type == Audio;

    /// <summary>Whether ElevenLabs has a recording, by <c>data.has_audio</c>.</summary>
    public bool HasRecording { get; set; }

    /// <summary>The end user's ids, as they came: the caller's own, and the number of a phone.</summary>
    public List<string> EndUsers { get; } = [];

    /// <summary>The number of a phone call's other end.</summary>
    public string? PhoneNumber { get; set; }

    /// <summary>The end user's tokens, as they were given to the conversation; at most one of each place.</summary>
    public List<string> EndUserTokens { get; } = [];

    /// <summary>Whether one of <see cref="EndUserTokens"/> is one by its looks: where nobody signs, a client may use the name for something else.</summary>
    public bool IsSigned => EndUserTokens.Exists(Gateway.EndUsers.EndUserTokens.IsToken);

    /// <summary>When the call began.</summary>
    public DateTimeOffset? StartedAt { get; set; }

    /// <summary>ElevenLabs' summary of the transcript.</summary>
    public string? Summary { get; set; }

    /// <summary>What ElevenLabs collected from the transcript, by name.</summary>
    public Dictionary<string, string> Facts { get; } = [];

    /// <summary>Of each of the agent's turns, in seconds, as ElevenLabs saw it.</summary>
    public List<double> TimesToFirstToken { get; } = [];

    /// <inheritdoc cref="TimesToFirstToken"/>
    public List<double> TimesToFirstSentence { get; } = [];

    /// <summary>Whether the type is one of ElevenLabs' documented ones.</summary>
    public bool IsKnown => IsText || Type == Audio;

    /// <summary>Whether the type is a documented one without a recording.</summary>
    public bool IsText => Type is Transcription or InitiationFailure;
}
