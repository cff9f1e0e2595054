namespace Gateway.Privacy;

/// <summary>Deleting and exporting all there is of an end user. Section <c>Privacy</c>.</summary>
public sealed class PrivacyOptions
{
    /// <summary>Whether <c>/end-users/delete</c> and <c>/end-users/export</c> are answered; where not, they are no routes. Default: no. It needs a storage.</summary>
    public bool Enabled { get; set; }

    /// <summary>
    /// The name of the secret with the key for both. It is no caller's key, because ElevenLabs has those. The two newest enabled versions are both accepted. Default:
    /// <c>admin-key</c>.
    /// </summary>
    public string AdminKeySecret { get; set; } = "admin-key";
}
