namespace Tests.Shared.KeyVault;

/// <summary>The routes of a <see cref="FakeKeyVault"/>, as its journal names them.</summary>
internal enum VaultRoute
{
    /// <summary>Any route, asked without the vault's token: answered by a challenge.</summary>
    Challenge,

    /// <summary>One page of <c>GET /secrets/{name}/versions</c>.</summary>
    Versions,

    /// <summary><c>GET /secrets/{name}/{version}</c>.</summary>
    Version,

    /// <summary><c>GET /secrets/{name}</c>.</summary>
    Newest,

    /// <summary>Anything else.</summary>
    Unknown,
}
