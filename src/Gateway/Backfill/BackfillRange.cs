namespace Gateway.Backfill;

/// <summary>Which calls to look for.</summary>
/// <param name="Since">The first moment at which they may have begun.</param>
/// <param name="Until">The moment before which they have begun; null: now.</param>
/// <param name="AgentId">Whose; null: every agent's.</param>
public sealed record BackfillRange(DateTimeOffset Since, DateTimeOffset? Until, string? AgentId);
