using System.Collections.Concurrent;
using Azure.Core;

namespace Tests.Shared.KeyVault;

/// <summary>Gives the one token that its vault takes, and keeps what it was asked for.</summary>
internal sealed class FakeCredential(string token) : TokenCredential
{
    private readonly ConcurrentQueue<TokenRequestContext> _asked = new();

    public IReadOnlyCollection<TokenRequestContext> Asked => _asked;

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        _asked.Enqueue(requestContext);
        return new AccessToken(token, DateTimeOffset.MaxValue);
    }

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        new(GetToken(requestContext, cancellationToken));
}
