namespace Tests.Shared.KeyVault;

/// <summary>What a <see cref="FakeKeyVault"/> does instead of answering.</summary>
internal enum VaultFault
{
    None,

    /// <summary>429 with Retry-After.</summary>
    Throttled,

    /// <summary>403 as for an identity without the role.</summary>
    DeniedByRole,

    /// <summary>403 as from the vault's firewall.</summary>
    DeniedByFirewall,

    /// <summary>401 without a challenge, as for a token of a wrong tenant.</summary>
    TokenRefused,

    /// <summary>503.</summary>
    Unavailable,

    /// <summary>200 with something that is not JSON.</summary>
    Gibberish,

    /// <summary>Nothing, until <see cref="FakeKeyVault.Heal"/>.</summary>
    Hang,
}
