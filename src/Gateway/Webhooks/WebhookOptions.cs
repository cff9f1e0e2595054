namespace Gateway.Webhooks;

/// <summary>What is done with ElevenLabs' post-call webhook. Section <c>Webhooks</c>.</summary>
public sealed class WebhookOptions
{
    /// <summary>Whether the webhook is answered at all; where not, its route is none. Default: no.</summary>
    public bool Enabled { get; set; }

    /// <summary>
    /// The name of the secret with the webhook's signing secret, as ElevenLabs shows it when the webhook is made. The two newest enabled versions are both
    /// accepted, so that it can be replaced without a gap. Default: <c>elevenlabs-webhook</c>.
    /// </summary>
    public string Secret { get; set; } = "elevenlabs-webhook";

    /// <summary>Whether transcripts are kept, and every other event that is no audio. Default: no; the event is verified, counted and answered.</summary>
    public bool KeepTranscripts { get; set; }

    /// <summary>Whether recordings are kept. Default: no; the event is verified, counted and answered.</summary>
    public bool KeepAudio { get; set; }

    /// <summary>Whether anything is kept.</summary>
    internal bool KeepsAnything => Enabled && (KeepTranscripts || KeepAudio);
}
