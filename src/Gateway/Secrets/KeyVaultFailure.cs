using System.Text.Json;
using Azure;
using Azure.Identity;

namespace Gateway.Secrets;

/// <summary>What an error of the vault means. Messages stay out: they hold host names and what the vault answered.</summary>
internal static class KeyVaultFailure
{
    /// <summary>One line for an operator.</summary>
    public static string Describe(Exception exception) => exception switch
    {
        RequestFailedException { Status: 0 } => "Key Vault: cannot be reached",
        RequestFailedException { Status: 401 } => "Key Vault: the identity's token was refused",
        RequestFailedException { Status: 403 } denied when InnerCode(denied) is "ForbiddenByFirewall" or "ForbiddenByConnection" =>
            "Key Vault: access denied (its firewall does not let this app in)",
        RequestFailedException { Status: 403 } => "Key Vault: access denied (the identity needs the role Key Vault Secrets User)",
        RequestFailedException { Status: 429 } => "Key Vault: throttled",
        RequestFailedException failed => $"Key Vault: failing (HTTP {failed.Status})",
        OperationCanceledException => "Key Vault: no answer in time",
        CredentialUnavailableException => "Key Vault: no identity here (a managed identity, or `az login` on a developer's machine)",
        AuthenticationFailedException => "Key Vault: the identity got no token",
        _ => $"Key Vault: unexpected answer ({exception.GetType().Name})",
    };

    /// <summary>The secret, or this version of it, is not there (any more): an answer, not a failure.</summary>
    public static bool IsAbsence(RequestFailedException exception) =>
        exception.Status == 404 || (exception.Status == 403 && InnerCode(exception) == "SecretDisabled");

    // The SDK's ErrorCode is "Forbidden" for a disabled secret, a missing role and a firewall alike.
    private static string? InnerCode(RequestFailedException exception)
    {
        if (exception.GetRawResponse()?.Content is not { } content)
            return null;

        try
        {
            using var body = JsonDocument.Parse(content);
            return body.RootElement.TryGetProperty("error", out var error)
                && error.TryGetProperty("innererror", out var inner)
                && inner.TryGetProperty("code", out var code) ? code.GetString() : null;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
