using Azure;
using Azure.Identity;
using Gateway.Secrets;

namespace Gateway.Tests.Secrets;

/// <summary>What the stand-in cannot cause; the rest is in <see cref="SecretStoreLoadTests"/>.</summary>
public sealed class KeyVaultFailureTests
{
    [Fact]
    public void Describe_NoIdentity_SaysWhereOneCouldComeFrom() =>
        Assert.Equal(
            "Key Vault: no identity here (a managed identity, or `az login` on a developer's machine)",
            KeyVaultFailure.Describe(new CredentialUnavailableException("contoso")));

    [Fact]
    public void Describe_NoToken_NamesTheIdentity() =>
        Assert.Equal("Key Vault: the identity got no token", KeyVaultFailure.Describe(new AuthenticationFailedException("contoso")));

    [Fact]
    public void IsAbsence_ForbiddenWithoutABody_IsNone() =>
        Assert.False(KeyVaultFailure.IsAbsence(new RequestFailedException(403, "contoso")));
}
