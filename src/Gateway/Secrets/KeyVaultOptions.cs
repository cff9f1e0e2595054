namespace Gateway.Secrets;

/// <summary>Where secrets are kept and how often they are read again. Section <c>KeyVault</c>.</summary>
public sealed class KeyVaultOptions
{
    /// <summary>The vault, <c>https://….vault.azure.net/</c>. Default: none, and secrets come from the section <c>Secrets</c>.</summary>
    public Uri? Uri { get; set; }

    /// <summary>
    /// How often all secrets are read again; a revoked key is accepted for at most this long, plus <see cref="LoadTimeout"/>,
    /// while the vault answers. Default: 5 minutes.
    /// </summary>
    public TimeSpan RefreshInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long one secret may take, all its requests and the token for them included. Default: 10 seconds.</summary>
    public TimeSpan LoadTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
