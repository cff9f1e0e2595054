using System.ClientModel;
using Azure.Identity;
using Gateway.Secrets;

namespace Gateway.Upstream;

/// <summary>The key that an upstream is called with: the newest version of a secret.</summary>
internal sealed class UpstreamKey(string secret)
{
    private SecretSnapshot? _from;

    /// <summary>The secret's name.</summary>
    public string Secret => secret;

    /// <summary>What the SDK signs with; its value is that of <see cref="UseNewest"/>.</summary>
    public ApiKeyCredential Credential { get; } = new("not loaded");

    /// <summary>Whether the key was taken from these.</summary>
    public bool IsFrom(SecretSnapshot secrets) => _from == secrets;

    /// <exception cref="AuthenticationFailedException">There is no such secret.</exception>
    public void UseNewest(SecretSnapshot secrets)
    {
        if (IsFrom(secrets)) return;
        // Not sent without one: the prompt would leave for nothing.
        Credential.Update(secrets.Newest(secret) ?? throw new AuthenticationFailedException($"The secret '{secret}' is absent."));
        _from = secrets;
    }
}
