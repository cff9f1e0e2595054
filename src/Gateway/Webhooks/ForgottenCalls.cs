using Gateway.Privacy;
using Gateway.Storage;

namespace Gateway.Webhooks;

/// <summary>
/// Calls of end users who were deleted. Whoever stores something of a call asks before, and again when it is stored: who is deleted in between has their tombstone first, so either
/// the deletion finds what was stored, or whoever stored it finds the tombstone.
/// </summary>
internal sealed class ForgottenCalls(IStorage storage, Tombstones tombstones, CallRemoval removal, CallEndUsers endUsers)
{
    /// <summary>Whether nothing may be kept of this call: it was deleted, or it began before one of its end users was.</summary>
    public async Task<bool> ContainAsync(WebhookEvent call, CancellationToken cancellationToken)
    {
        if (call.ConversationId is { } conversation && await tombstones.FindCallAsync(conversation, cancellationToken) is not null) return true;
        foreach (var user in endUsers.KeysOf(call))
        {
            if (await FindAsync(user, call, cancellationToken) is not null) return true;
        }

        return false;
    }

    /// <summary>When one end user was deleted, whoever else may have been; null where they were not, or this call began later.</summary>
    /// <param name="user">What they are known by.</param>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<DateTimeOffset?> FindAsync(string user, WebhookEvent call, CancellationToken cancellationToken) =>
        // One that does not say when it was might be from before.
        await tombstones.FindUserAsync(user, cancellationToken) is { } deleted && (call.StartedAt ?? call.Timestamp ?? DateTimeOffset.MinValue) <= deleted ? deleted : null;

    /// <summary>Deletes what there is of such a call already, such as a recording that came before its transcript, and lets nothing more of it in.</summary>
    /// <param name="call">The call.</param>
    /// <param name="event">What came of it.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task DeleteAsync(ArchivedCall call, WebhookEvent @event, CancellationToken cancellationToken)
    {
        await tombstones.SetCallAsync(call.ConversationId, cancellationToken);
        // The deletion may have taken the rows that name these, while theirs were being written. First: the removal takes those that tell of the days.
        var days = await storage.ListAsync(CallRows.Events(call.ConversationId), from: null, before: null, cancellationToken).Select(CallRows.Day).ToListAsync(cancellationToken);
        // A try before this one may have filed it under the day of an event from the other side of midnight, of which the deletion has left nothing.
        DateOnly[] near = [call.Day.AddDays(-1), call.Day.AddDays(1), call.Day];
        string[] keys = [.. days.Concat(near).Distinct().Select(day => CallRows.Key(day, call.ConversationId))];
        foreach (var user in endUsers.KeysOf(@event)) await storage.DeleteAsync(CallRows.ByEndUser(user), keys, cancellationToken);
        foreach (var day in near) await removal.DeleteAsync(call with { Day = day }, spared: [], cancellationToken);
    }
}
