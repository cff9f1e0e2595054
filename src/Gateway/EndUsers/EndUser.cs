namespace Gateway.EndUsers;

/// <summary>The person on the line.</summary>
/// <param name="Tenant">The name of the caller whose end user it is. Nothing of them is ever another's.</param>
/// <param name="Key">What they are known by: an HMAC of their id, in hex (see <see cref="EndUserIds"/>).</param>
/// <param name="Trust">How sure that is.</param>
internal sealed record EndUser(string Tenant, string Key, EndUserTrust Trust);
