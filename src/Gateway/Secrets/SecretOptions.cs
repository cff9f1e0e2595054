namespace Gateway.Secrets;

/// <summary>
/// A secret given by configuration instead of Key Vault, for development. Section <c>Secrets</c>, a list; several entries of
/// one name are its versions, newest first.
/// </summary>
public sealed class SecretOptions
{
    /// <summary>The name it would have in Key Vault, e.g. <c>caller-elevenlabs</c>. Required.</summary>
    public string Name { get; set; } = "";

    /// <summary>Its value; line ends and blanks around it are dropped. A blank one, or a Key Vault reference that App Service did not resolve, counts as absent. Default: none.</summary>
    public string? Value { get; set; }

    /// <summary>The name alone.</summary>
    public override string ToString() => Name;
}
