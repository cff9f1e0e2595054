using Gateway.EndUsers;
using Gateway.Memory;

namespace Gateway.Webhooks;

/// <summary>Hands what a call leaves to remember to the memory of the caller whose agent it was.</summary>
/// <param name="memories">The memories of all callers.</param>
/// <param name="forgotten">The calls that nothing may be remembered of; null without a storage, where nobody can have been deleted.</param>
/// <param name="time">The clock.</param>
internal sealed class PostCallMemory(Lazy<CallerMemories> memories, Lazy<ForgottenCalls>? forgotten, TimeProvider time)
{
    /// <summary>
    /// Remembers a call, durably when this has returned. Whoever is not known, and who is known to no memory, is not remembered. False where its end user was deleted, and nothing of it
    /// may be.
    /// </summary>
    /// <exception cref="MemoryUnavailableException">The memory is away; the event is to come again.</exception>
    public async Task<bool> RememberAsync(WebhookEvent call, CancellationToken cancellationToken)
    {
        if (call.Type != WebhookEvent.Transcription || !memories.Value.TryFindByAgent(call.AgentId!, out var memory)) return true;

        var startedAt = call.StartedAt ?? call.Timestamp ?? time.GetUtcNow();
        var user = Who(call, memory, startedAt);
        if (user is null)
        {
            memories.Value.Metrics.Remembered(trust: null);
            return true;
        }

        if (await IsForgottenAsync(call, cancellationToken)) return false;
        await memory.RememberAsync(user, new CallNotes(call.ConversationId!, startedAt, call.Summary, call.Facts), cancellationToken);
        if (await IsForgottenAsync(call, cancellationToken))
        {
            // Deleted this very moment, and all that is known of them is what was told before it.
            await memory.Provider.DeleteAsync(user, cancellationToken);
            memories.Value.Forget(user.Key);
            return false;
        }

        memories.Value.Metrics.Remembered(user.Trust);
        return true;
    }

    private async Task<bool> IsForgottenAsync(WebhookEvent call, CancellationToken cancellationToken) => forgotten is not null && await forgotten.Value.ContainAsync(call, cancellationToken);

    // A token that was valid when the call began: it has often expired by now.
    private static EndUser? Who(WebhookEvent call, CallerMemory memory, DateTimeOffset startedAt)
    {
        EndUser?[] named = [.. call.EndUserTokens.Select(token => memory.Identify(token, startedAt))];
        return named.FirstOrDefault(static user => user is { Trust: EndUserTrust.Signed }) ?? named.FirstOrDefault(static user => user is not null) ?? memory.FromNumber(call.PhoneNumber);
    }
}
