using System.Security.Cryptography;
using System.Text;

namespace Gateway.Requests;

/// <summary>The end user's id as an upstream sees it: 64 hexadecimal digits, the same for the same id, and of no use to look the id up.</summary>
internal static class Pseudonym
{
    public const int Length = 2 * HMACSHA256.HashSizeInBytes;

    public static string Of(string id, ReadOnlySpan<byte> key)
    {
        Span<byte> pseudonym = stackalloc byte[Length];
        Write(id, key, pseudonym);
        return Encoding.ASCII.GetString(pseudonym);
    }

    public static void Write(string id, ReadOnlySpan<byte> key, Span<byte> destination)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(id), hash);
        Convert.TryToHexStringLower(hash, destination, out _);
    }
}
