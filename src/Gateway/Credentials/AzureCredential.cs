using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Microsoft.Extensions.Configuration;

namespace Gateway.Credentials;

/// <summary>Who this process is for Entra ID. One instance serves everything: each keeps a token cache of its own.</summary>
internal static class AzureCredential
{
    /// <summary>The client id of the user-assigned identity.</summary>
    private const string ClientId = "AZURE_CLIENT_ID";

    /// <summary>Set by App Service and Functions where an identity is assigned.</summary>
    private const string IdentityEndpoint = "IDENTITY_ENDPOINT";

    /// <summary>
    /// The managed identity in Azure, the developer's sign-in elsewhere. Not <c>DefaultAzureCredential</c>: it tries one
    /// source after the other, so the first caller pays for probes that fail, and on a developer's machine it may pick up
    /// an identity that nobody meant.
    /// </summary>
    /// <param name="configuration">Tells the two places apart by <c>AZURE_CLIENT_ID</c> and <c>IDENTITY_ENDPOINT</c>.</param>
    /// <param name="handler">Carries the requests to the identity endpoint, which must not go through a proxy.</param>
    public static TokenCredential Create(IConfiguration configuration, HttpMessageHandler handler)
    {
        var clientId = configuration[ClientId];
        if (string.IsNullOrWhiteSpace(clientId) && string.IsNullOrWhiteSpace(configuration[IdentityEndpoint]))
            return new ChainedTokenCredential(new AzureCliCredential(), new AzureDeveloperCliCredential());

        var identity = string.IsNullOrWhiteSpace(clientId)
            ? ManagedIdentityId.SystemAssigned
            : ManagedIdentityId.FromUserAssignedClientId(clientId);
        return new ManagedIdentityCredential(new ManagedIdentityCredentialOptions(identity)
        {
            Transport = new HttpClientTransport(handler),
            // Its lines name hosts and identities.
            Diagnostics = { IsLoggingEnabled = false, IsLoggingContentEnabled = false },
        });
    }
}
