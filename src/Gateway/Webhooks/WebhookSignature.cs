using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gateway.Errors;
using Microsoft.Extensions.Primitives;

namespace Gateway.Webhooks;

/// <summary>
/// ElevenLabs' signature of a webhook, <c>ElevenLabs-Signature: t=&lt;unix seconds&gt;,v0=&lt;hex&gt;</c>: HMAC-SHA256 over the time, a dot and the body's bytes.
/// The body is hashed as it comes, under every active secret.
/// </summary>
internal sealed class WebhookSignature : IDisposable
{
    public const string Header = "ElevenLabs-Signature";

    // As far back as ElevenLabs' own SDKs accept, which is as late as its last retry may come.
    private static readonly TimeSpan OldestAccepted = TimeSpan.FromMinutes(30);

    // Their SDKs set no limit here; clocks that are set over the network do not differ by more.
    private static readonly TimeSpan FarthestAhead = TimeSpan.FromMinutes(5);

    /// <summary>How long one may still be accepted that was.</summary>
    public static TimeSpan LongestAccepted => OldestAccepted + FarthestAhead;

    private static readonly Failure Missing = new(403, "missing_signature", "The header ElevenLabs-Signature is missing.");
    private static readonly Failure Stale = new(403, "stale_signature", "The signature's time is more than 30 minutes ago or 5 minutes ahead.");

    // It tells a forger what they have sent themselves, and nothing of the secret or of what would be right.
    private static readonly Failure Malformed = new(
        403, "invalid_signature", "The header ElevenLabs-Signature must be of the form t=<seconds>,v0=<hex>: the time since 1970 in seconds, not milliseconds, and 64 hex digits.");

    private readonly byte[][] _presented;
    private readonly IncrementalHash[] _hashes;

    private WebhookSignature(byte[][] presented, IncrementalHash[] hashes) => (_presented, _hashes) = (presented, hashes);

    /// <summary>What a signature that is not right is answered with.</summary>
    public static Failure Invalid { get; } = new(403, "invalid_signature", "The signature is not that of this body.");

    /// <summary>Reads the header, and begins to hash. Null where there is a signature that could be right.</summary>
    public static Failure? TryRead(StringValues header, DateTimeOffset now, IReadOnlyList<string> secrets, out WebhookSignature? signature)
    {
        signature = null;
        if (header.Count == 0) return Missing;
        if (header is not [{ } text] || !TryParse(text, out var time, out var presented)) return Malformed;

        // As it is written: that is what was signed. Milliseconds are beyond all that is a time.
        if (!long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds()) return Malformed;
        var age = now - DateTimeOffset.FromUnixTimeSeconds(seconds);
        if (age > OldestAccepted || age < -FarthestAhead) return Stale;

        IncrementalHash[] hashes = [.. secrets.Select(static secret => IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret)))];
        signature = new WebhookSignature(presented, hashes);
        signature.Append(Encoding.ASCII.GetBytes(time + "."));
        return null;
    }

    /// <summary>Hashes some more of the body.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        foreach (var hash in _hashes) hash.AppendData(bytes);
    }

    /// <summary>The signature that is right, in hex; null where none is. It takes the same time whichever secret it was, and whether or not.</summary>
    public string? Match()
    {
        byte[]? match = null;
        foreach (var hash in _hashes)
        {
            var expected = hash.GetHashAndReset();
            foreach (var presented in _presented)
            {
                if (CryptographicOperations.FixedTimeEquals(expected, presented)) match ??= expected;
            }
        }

        return match is null ? null : Convert.ToHexStringLower(match);
    }

    public void Dispose()
    {
        foreach (var hash in _hashes) hash.Dispose();
    }

    // Of each secret one, while it is replaced; a scheme that we do not know may stand beside ours.
    private static bool TryParse(string header, out string time, out byte[][] presented)
    {
        time = "";
        presented = [];
        if (header.Length > 1024) return false;
        List<byte[]> found = [];
        foreach (var part in header.Split(',', StringSplitOptions.TrimEntries))
        {
            if (part.StartsWith("t=", StringComparison.Ordinal))
            {
                if (time.Length > 0) return false;
                time = part[2..];
            }
            else if (part.StartsWith("v0=", StringComparison.Ordinal))
            {
                var digest = new byte[HMACSHA256.HashSizeInBytes];
                if (Convert.FromHexString(part.AsSpan(3), digest, out _, out var length) != System.Buffers.OperationStatus.Done || length != digest.Length) return false;
                found.Add(digest);
            }
        }

        presented = [.. found];
        return time.Length > 0 && found.Count > 0;
    }
}
