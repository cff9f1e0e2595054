using System.Security.Cryptography;
using System.Text;
using Gateway.Secrets;

namespace Gateway.EndUsers;

/// <summary>What end users are known by: an HMAC of their id, the same in the index and at the model's provider, and of no use to look the id up.</summary>
internal sealed class EndUserIds(SecretStore secrets, string keySecret)
{
    /// <summary>The key of an end user's rows, 64 hexadecimal digits; null where there is no secret to make it with.</summary>
    public string? KeyOf(string id)
    {
        if (secrets.Current?.Newest(keySecret) is not { } secret) return null;
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Hash(Encoding.UTF8.GetBytes(secret), id, hash);
        return Convert.ToHexStringLower(hash);
    }

    /// <summary>The hash itself, for who has the secret's bytes and wants no string of it.</summary>
    public static void Hash(ReadOnlySpan<byte> secret, string id, Span<byte> hash) => HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(id), hash);
}
