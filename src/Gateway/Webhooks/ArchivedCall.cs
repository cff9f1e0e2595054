namespace Gateway.Webhooks;

/// <summary>A call that something was kept of.</summary>
internal sealed record ArchivedCall(string AgentId, string ConversationId, DateOnly Day);
