using System.Security.Cryptography;
using System.Text;
using Gateway.Secrets;

namespace Gateway.EndUsers;

/// <summary>Makes of an end user's id what they are stored and passed on by, which nobody can look the id up with.</summary>
internal sealed class EndUserIds(SecretStore secrets, string keySecret)
{
    /// <summary>HMAC-SHA256 of the id, in hex; null where the secret is absent, or not read yet.</summary>
    public string? KeyOf(string id) => secrets.Current?.Newest(keySecret) is { } key
        ? Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(id)))
        : null;
}
