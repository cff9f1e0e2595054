using Gateway.EndUsers;

namespace Gateway.CallStart;

/// <summary>Who calls, as far as their number says.</summary>
/// <param name="User">Null where the number is withheld or names nobody, or where no key is there to make a pseudonym with.</param>
/// <param name="Token">The signed identity; null where there is none.</param>
internal readonly record struct CallIdentity(EndUser? User, string? Token)
{
    // ElevenLabs lets no call last longer than two hours; the rest is ringing, and what is asked at its end.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(130);

    /// <summary>Whether nobody can be identified because a secret is absent.</summary>
    public bool LacksSecret { get; private init; }

    public static CallIdentity Of(string? number, string tenant, EndUserIds ids, EndUserTokens tokens, DateTimeOffset now)
    {
        if (!PhoneNumber.IsE164(number)) return default;
        if (ids.KeyOf(number!) is not { } key) return new() { LacksSecret = true };
        var user = new EndUser(tenant, key, EndUserTrust.Phone);
        var token = tokens.Sign(user, now + Lifetime);
        return new(user, token) { LacksSecret = token is null };
    }
}
