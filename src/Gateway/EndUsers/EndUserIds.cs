using System.Text;
using Gateway.Requests;
using Gateway.Secrets;

namespace Gateway.EndUsers;

/// <summary>What end users are known by: an HMAC of their id, the same in the index and at the model's provider, and of no use to look the id up.</summary>
internal sealed class EndUserIds(SecretStore secrets, string keySecret)
{
    /// <summary>The key of an end user's rows, HMAC-SHA256 in hex; null where the secret is absent, or not read yet.</summary>
    public string? KeyOf(string id) => secrets.Current?.Newest(keySecret) is { } secret ? Pseudonym.Of(id, Encoding.UTF8.GetBytes(secret)) : null;
}
