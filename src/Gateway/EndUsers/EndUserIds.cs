using System.Diagnostics.CodeAnalysis;
using System.Text;
using Gateway.Requests;
using Gateway.Secrets;

namespace Gateway.EndUsers;

/// <summary>What end users are known by: an HMAC of their id, the same in the index and at the model's provider, and of no use to look the id up.</summary>
internal sealed class EndUserIds(SecretStore secrets, string keySecret)
{
    /// <summary>The longest id, in bytes of UTF-8.</summary>
    public const int Longest = 512;

    /// <summary>Whether it can be somebody's id: what is stored of an end user can be asked for by the same id, and what is none is stored for nobody.</summary>
    public static bool IsId([NotNullWhen(true)] string? id) => !string.IsNullOrWhiteSpace(id) && Encoding.UTF8.GetByteCount(id) <= Longest;

    /// <summary>The key of an end user's rows, HMAC-SHA256 in hex; null where the secret is absent, or not read yet.</summary>
    public string? KeyOf(string id) => secrets.Current?.Newest(keySecret) is { } secret ? Pseudonym.Of(id, Encoding.UTF8.GetBytes(secret)) : null;
}
