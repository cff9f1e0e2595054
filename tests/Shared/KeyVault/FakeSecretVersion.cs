namespace Tests.Shared.KeyVault;

/// <summary>One version of a secret in a <see cref="FakeKeyVault"/>.</summary>
internal sealed class FakeSecretVersion(string id, string value, DateTimeOffset created)
{
    public string Id { get; } = id;

    public string Value { get; } = value;

    public DateTimeOffset Created { get; } = created;

    public bool Enabled { get; set; } = true;

    /// <summary>Listed as enabled and refused when read: disabled between the two requests.</summary>
    public bool DisabledBehindList { get; set; }

    public DateTimeOffset? NotBefore { get; set; }

    public DateTimeOffset? Expires { get; set; }
}
