using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Tests.Memory;

/// <summary>Tokens, as any library signs them.</summary>
internal static class JsonWebTokens
{
    public static string Sign(string claims, string secret)
    {
        var signed = $"{Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8)}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(signed)))}";
    }
}
