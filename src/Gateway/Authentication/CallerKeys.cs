using System.Security.Cryptography;
using System.Text;
using Gateway.Secrets;

namespace Gateway.Authentication;

/// <summary>The active keys of all callers, as digests: what is kept to compare with is of no use to whoever reads the memory.</summary>
internal sealed class CallerKeys(SecretSnapshot secrets, IReadOnlyList<Caller> callers)
{
    private readonly (byte[] Digest, Caller Caller)[] _keys =
    [
        .. callers.SelectMany(caller => secrets[caller.KeySecret], static (caller, key) => (SHA256.HashData(Encoding.UTF8.GetBytes(key)), caller)),
    ];

    /// <summary>What the keys were made of.</summary>
    public SecretSnapshot Secrets => secrets;

    /// <summary>Whose key this is. It takes the same time whether the key is the first, the last or none of all.</summary>
    public Caller? Find(ReadOnlySpan<char> key)
    {
        // Header values have at most the 32 KiB of all headers; one that is longer than any key needs no look.
        if (key.Length is 0 or > 512) return null;

        Span<byte> bytes = stackalloc byte[3 * 512];
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(key, bytes)], digest);

        Caller? found = null;
        foreach (var (candidate, caller) in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(candidate, digest)) found ??= caller;
        }

        return found;
    }
}
