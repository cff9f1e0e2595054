namespace Gateway.Webhooks;

/// <summary>One blob of a call.</summary>
/// <param name="Type">The type of the event that brought it.</param>
/// <param name="AgentId">The agent.</param>
/// <param name="Day">The day that it is filed under, in UTC.</param>
/// <param name="Blob">The blob's name.</param>
/// <param name="Signature">The signature that it came with; empty where it was fetched.</param>
internal sealed record CallEntry(string Type, string AgentId, DateOnly Day, string Blob, string Signature);
