using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;

namespace Gateway.Secrets;

/// <summary>The one place where a <see cref="SecretClient"/> is made.</summary>
internal static class KeyVaultClient
{
    /// <param name="vault">The vault.</param>
    /// <param name="credential">The process's credential itself: Key Vault names scope and tenant in its challenge.</param>
    /// <param name="handler">Carries the requests; the only thing that tests replace.</param>
    public static SecretClient Create(Uri vault, TokenCredential credential, HttpMessageHandler handler) =>
        new(vault, credential, new SecretClientOptions
        {
            Transport = new HttpClientTransport(handler),
            // The store has its own retries. The SDK's obey Retry-After inside the call, so a throttled vault would use up
            // the deadline and look like one that does not answer.
            Retry = { MaxRetries = 0 },
            // Names of hosts and secrets would be in its lines, and with content the values.
            Diagnostics = { IsLoggingEnabled = false, IsLoggingContentEnabled = false },
        });
}
