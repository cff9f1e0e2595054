using Gateway.EndUsers;
using Gateway.Memory;

namespace Gateway.Webhooks;

/// <summary>Hands what a call leaves to remember to the memory of the caller whose agent it was.</summary>
internal sealed class PostCallMemory(Lazy<CallerMemories> memories, TimeProvider time)
{
    /// <summary>Remembers a call, durably when this has returned. Whoever is not known, and who is known to no memory, is not remembered.</summary>
    /// <exception cref="MemoryUnavailableException">The memory is away; the event is to come again.</exception>
    public async Task RememberAsync(WebhookEvent call, CancellationToken cancellationToken)
    {
        if (call.Type != WebhookEvent.Transcription || !memories.Value.TryFindByAgent(call.AgentId!, out var memory)) return;

        var startedAt = call.StartedAt ?? call.Timestamp ?? time.GetUtcNow();
        var user = Who(call, memory, startedAt);
        if (user is not null) await memory.RememberAsync(user, new CallNotes(call.ConversationId!, startedAt, call.Summary, call.Facts), cancellationToken);
        memories.Value.Metrics.Remembered(user?.Trust);
    }

    // A token that was valid when the call began: it has often expired by now.
    private static EndUser? Who(WebhookEvent call, CallerMemory memory, DateTimeOffset startedAt)
    {
        EndUser?[] named = [.. call.EndUserTokens.Select(token => memory.Identify(token, startedAt))];
        return named.FirstOrDefault(static user => user is { Trust: EndUserTrust.Signed }) ?? named.FirstOrDefault(static user => user is not null) ?? memory.FromNumber(call.PhoneNumber);
    }
}
