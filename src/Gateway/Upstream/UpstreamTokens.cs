using System.Collections.Frozen;
using Azure.Core;
using Gateway.Credentials;
using Gateway.Options;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gateway.Upstream;

/// <summary>The Entra ID tokens for upstreams, one for each audience; none for deployments that are called with a key, and none for agents.</summary>
internal sealed class UpstreamTokens(IEnumerable<DeploymentOptions> deployments, TokenCredential credential, TimeProvider time, ILogger<BackgroundToken> log) : IHostedService
{
    public FrozenDictionary<string, BackgroundToken> ByAudience { get; } = deployments
        .Where(deployment => deployment is { Kind: DeploymentKind.AzureOpenAI, KeySecret: null })
        .Select(deployment => deployment.Audience)
        .Distinct()
        .ToFrozenDictionary(audience => audience, audience => new BackgroundToken(credential, audience, time, log));

    public Task StartAsync(CancellationToken cancellationToken) => Task.WhenAll(ByAudience.Values.Select(token => token.StartAsync(cancellationToken)));

    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(ByAudience.Values.Select(token => token.StopAsync(cancellationToken)));
}
