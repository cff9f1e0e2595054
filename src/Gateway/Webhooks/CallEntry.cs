namespace Gateway.Webhooks;

/// <summary>One event of a call.</summary>
/// <param name="Type">The event's type.</param>
/// <param name="AgentId">The agent.</param>
/// <param name="Day">The day that it is filed under, in UTC.</param>
/// <param name="Blob">The name of the blob with its content; null where that is not kept.</param>
/// <param name="Signature">The signature that it came with, or a word where it was fetched; empty where it was kept while the memory was away, and is to come again.</param>
internal sealed record CallEntry(string Type, string AgentId, DateOnly Day, string? Blob, string Signature);
