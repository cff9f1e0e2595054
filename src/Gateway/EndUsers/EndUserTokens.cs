using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gateway.Secrets;

namespace Gateway.EndUsers;

/// <summary>
/// The end user's identity on its way through ElevenLabs: a JWT under a secret that only this endpoint and the caller's backend know. It is signed with HS256, its
/// <c>aud</c> is the caller's name and it has an <c>exp</c>. A backend that knows the user puts their id into <c>sub</c>; this endpoint, which knows a number alone, puts
/// that number's HMAC into <c>phone_key</c>.
/// </summary>
/// <remarks>
/// One algorithm, two claims and no key but ours: a library for all of JWT costs the first turn of a process 150 ms and each some 100 µs (docs/adr/0015); the tests hold
/// this against one.
/// </remarks>
internal sealed class EndUserTokens(SecretStore secrets, string signingSecret, EndUserIds ids)
{
    private const int LongestToken = 2048;

    // What clocks that are set over the network may differ by.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    private static ReadOnlySpan<byte> Header => """{"alg":"HS256","typ":"JWT"}"""u8;

    /// <summary>Whether a text looks like a token, whoever wrote it.</summary>
    // Not by its dots alone, which "anna.schmidt@example.com" has as well, nor by how base64 of { begins, as "ewa.nowak@example.com" does: by a header in braces.
    public static bool IsToken(string text) =>
        text.Split('.') is [var header, { Length: > 0 }, { Length: > 0 }] && Base64Url.IsValid(header) && Encoding.UTF8.GetString(Base64Url.DecodeFromChars(header)).Trim() is ['{', .., '}'];

    /// <summary>A token for who calls from a number; null where the secret is absent.</summary>
    /// <param name="user">The end user.</param>
    /// <param name="expires">Until when it is accepted.</param>
    public string? Sign(EndUser user, DateTimeOffset expires)
    {
        if (secrets.Current?.Newest(signingSecret) is not { } secret) return null;
        var claims = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(claims))
        {
            json.WriteStartObject();
            json.WriteString("aud"u8, user.Tenant);
            json.WriteString("phone_key"u8, user.Key);
            json.WriteNumber("exp"u8, expires.ToUnixTimeSeconds());
            json.WriteEndObject();
        }

        var signed = $"{Base64Url.EncodeToString(Header)}.{Base64Url.EncodeToString(claims.WrittenSpan)}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>
    /// The key of whom a token names that we have signed or accepted, whenever and for whomever it was: not to trust it, but to find what belongs to them. Null where it names nobody.
    /// </summary>
    public string? KeyOf(string token)
    {
        if (Problem(token, out _, out var claims) is not null) return null;
        try
        {
            using var body = JsonDocument.Parse(Base64Url.DecodeFromChars(claims));
            return Text(body.RootElement, "sub") is var id && EndUserIds.IsId(id)
                ? ids.KeyOf(id)
                : Text(body.RootElement, "phone_key") is { } phone && IsKey(phone) ? phone : null;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Whose token it is.</summary>
    /// <param name="token">The token.</param>
    /// <param name="tenant">The name of the caller who presents it.</param>
    /// <param name="at">When it has to be valid.</param>
    public EndUserReading Read(string token, string tenant, DateTimeOffset at)
    {
        if (Problem(token, out var header, out var claims) is { } problem) return new(problem);
        try
        {
            using var head = JsonDocument.Parse(Base64Url.DecodeFromChars(header));
            using var body = JsonDocument.Parse(Base64Url.DecodeFromChars(claims));
            return Judge(head.RootElement, body.RootElement, tenant, at);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            return new("malformed");
        }
    }

    /// <summary>What is wrong with a token before anything in it is looked at; null where its signature is right.</summary>
    private string? Problem(string token, out string header, out string claims)
    {
        (header, claims) = ("", "");
        if (secrets.Current is not { } current || current[signingSecret] is not { Length: > 0 } accepted) return "no_signing_secret";
        if (token.Length > LongestToken || token.Split('.') is not [var first, var second, var signature]) return "malformed";

        // The signature before anything else: nothing that a stranger wrote is parsed.
        (header, claims) = (first, second);
        Span<byte> presented = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (Base64Url.DecodeFromChars(signature, presented, out _, out var length) != OperationStatus.Done || length != presented.Length) return "wrong_signature";
        var signed = Encoding.UTF8.GetBytes(token[..(header.Length + 1 + claims.Length)]);
        var isRight = false;
        foreach (var secret in accepted) isRight |= CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed), presented);
        return isRight ? null : "wrong_signature";
    }

    private EndUserReading Judge(JsonElement head, JsonElement claims, string tenant, DateTimeOffset at)
    {
        // "crit" names extensions that must be understood, and none is.
        if (head.GetProperty("alg"u8).GetString() != "HS256" || head.TryGetProperty("crit"u8, out _)) return new("wrong_algorithm");
        if (!claims.TryGetProperty("aud"u8, out var audience) || !IsFor(audience, tenant)) return new("wrong_audience");
        if (!claims.TryGetProperty("exp"u8, out var expires) || expires.GetDouble() + Skew.TotalSeconds < at.ToUnixTimeSeconds()) return new("expired");
        if (claims.TryGetProperty("nbf"u8, out var notBefore) && notBefore.GetDouble() - Skew.TotalSeconds > at.ToUnixTimeSeconds()) return new("not_valid_yet");

        var (id, phone) = (Text(claims, "sub"), Text(claims, "phone_key"));
        if (EndUserIds.IsId(id) && phone is null) return ids.KeyOf(id) is { } key ? new(new EndUser(tenant, key, EndUserTrust.Signed)) : new("no_end_user_key");
        return phone is not null && IsKey(phone) && id is null
            ? new(new EndUser(tenant, phone, EndUserTrust.Phone))
            : new("no_subject");
    }

    private static bool IsKey(string text) => text.Length == 2 * HMACSHA256.HashSizeInBytes && text.All(char.IsAsciiHexDigitLower);

    private static bool IsFor(JsonElement audience, string tenant) => audience.ValueKind == JsonValueKind.Array
        ? audience.EnumerateArray().Any(one => one.ValueEquals(tenant))
        : audience.ValueEquals(tenant);

    private static string? Text(JsonElement claims, string name) => claims.TryGetProperty(name, out var value) ? value.GetString() : null;
}
