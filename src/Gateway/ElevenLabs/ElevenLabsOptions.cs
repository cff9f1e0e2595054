namespace Gateway.ElevenLabs;

/// <summary>ElevenLabs' own API, for what a webhook does not bring. Section <c>ElevenLabs</c>. No turn and no webhook calls it.</summary>
public sealed class ElevenLabsOptions
{
    /// <summary>The name of the secret with an API key that may read conversations, and delete them where <c>Privacy__Enabled</c> is true. Default: none, and the API is not called.</summary>
    public string? KeySecret { get; set; }

    /// <summary>
    /// Where the API is. Default: <c>https://api.elevenlabs.io</c>. Workspaces with data residency have their own, such as <c>https://api.eu.residency.elevenlabs.io</c>.
    /// </summary>
    public Uri Endpoint { get; set; } = new("https://api.elevenlabs.io");
}
