using Gateway.EndUsers;
using Gateway.Memory;
using Gateway.Storage;

namespace Gateway.Webhooks;

/// <summary>Hands what a call leaves to remember to the memory of the caller whose agent it was.</summary>
/// <param name="memories">The memories of all callers.</param>
/// <param name="forgotten">The calls that nothing may be remembered of; null without a storage, where nobody can have been deleted.</param>
/// <param name="time">The clock.</param>
internal sealed class PostCallMemory(Lazy<CallerMemories> memories, Lazy<ForgottenCalls>? forgotten, TimeProvider time)
{
    // Several times what a memory that answers takes. One that does not must leave time to store the call.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    // What has failed is undone in a time of its own: that of the call may be over.
    private static readonly TimeSpan UndoDeadline = TimeSpan.FromSeconds(10);

    // As long as ElevenLabs tells of a call that could not be taken.
    private static readonly TimeSpan LastTry = TimeSpan.FromHours(1);

    /// <summary>
    /// Remembers a call, durably when this has returned. Whoever is not known, and who is known to no memory, is not remembered. False where its end user was deleted, and nothing of it
    /// may be.
    /// </summary>
    /// <exception cref="MemoryUnavailableException">The memory is away, or does not answer in time; the event is to come again.</exception>
    public async Task<bool> RememberAsync(WebhookEvent call, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await TryRememberAsync(call, either.Token);
        }
        catch (OperationCanceledException e) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new MemoryUnavailableException("Memory: no answer in time", e);
        }
    }

    private async Task<bool> TryRememberAsync(WebhookEvent call, CancellationToken cancellationToken)
    {
        if (call.Type != WebhookEvent.Transcription || !memories.Value.TryFindByAgent(call.AgentId!, out var memory)) return true;

        var startedAt = call.StartedAt ?? call.Timestamp ?? time.GetUtcNow();
        var user = Who(call, memory, startedAt);
        if (user is null)
        {
            memories.Value.Metrics.Remembered(trust: null);
            return true;
        }

        if (forgotten is not null && await forgotten.Value.ContainAsync(call, cancellationToken))
        {
            // A try before this one may have begun before the deletion, written behind it, and not been able to undo that. What another call has left since then goes with it; later than that no call is
            // told again, and backfill must not take what is remembered by then.
            await ForgetDeletedAsync(memory, user, call, time.GetUtcNow() - LastTry, cancellationToken);
            return false;
        }

        try
        {
            await memory.RememberAsync(user, new CallNotes(call.ConversationId!, startedAt, call.Summary, call.Facts), cancellationToken);
            if (await ForgetDeletedAsync(memory, user, call, DateTimeOffset.MinValue, cancellationToken)) return false;
        }
        catch
        {
            await TryForgetDeletedAsync(memory, user, call);
            throw;
        }

        memories.Value.Metrics.Remembered(user.Trust);
        return true;
    }

    /// <summary>Undoes what was written in part, or will be all the same, where its end user was deleted meanwhile.</summary>
    private async Task TryForgetDeletedAsync(CallerMemory memory, EndUser user, WebhookEvent call)
    {
        using var deadline = new CancellationTokenSource(UndoDeadline, time);
        try
        {
            await ForgetDeletedAsync(memory, user, call, DateTimeOffset.MinValue, deadline.Token);
        }
        catch (Exception e) when (e is MemoryUnavailableException or StorageUnavailableException or OperationCanceledException)
        {
            // The call comes again, and then it is done.
        }
    }

    /// <summary>
    /// Whether the end user was deleted, and not before <paramref name="since"/>, and the call is one of those from before. Nothing is known of them then: all of it was told before. Not so where another was
    /// whom the event names as well, by the number of their phone: their deletion takes the call, and nobody else's memory.
    /// </summary>
    private async Task<bool> ForgetDeletedAsync(CallerMemory memory, EndUser user, WebhookEvent call, DateTimeOffset since, CancellationToken cancellationToken)
    {
        if (forgotten is null || !(await forgotten.Value.FindAsync(user.Key, call, cancellationToken) >= since)) return false;
        await memory.Provider.DeleteAsync(user, cancellationToken);
        memories.Value.Forget(user.Key);
        return true;
    }

    // A token that was valid when the call began: it has often expired by now.
    private static EndUser? Who(WebhookEvent call, CallerMemory memory, DateTimeOffset startedAt)
    {
        EndUser?[] named = [.. call.EndUserTokens.Select(token => memory.Identify(token, startedAt))];
        return named.FirstOrDefault(static user => user is { Trust: EndUserTrust.Signed }) ?? named.FirstOrDefault(static user => user is not null) ?? memory.FromNumber(call.PhoneNumber);
    }
}
