using Gateway.Privacy;

namespace Gateway.Webhooks;

/// <summary>
/// Calls of end users who were deleted. Whoever stores something of a call asks before, and again when it is stored: who is deleted in between has their tombstone first, so either
/// the deletion finds what was stored, or whoever stored it finds the tombstone.
/// </summary>
internal sealed class ForgottenCalls(Tombstones tombstones, CallRemoval removal, CallEndUsers endUsers)
{
    /// <summary>Whether nothing may be kept of this call: it was deleted, or it began before one of its end users was.</summary>
    public async Task<bool> ContainAsync(WebhookEvent call, CancellationToken cancellationToken)
    {
        if (call.ConversationId is { } conversation && await tombstones.FindCallAsync(conversation, cancellationToken) is not null) return true;
        foreach (var user in endUsers.KeysOf(call))
        {
            // One that does not say when it was might be from before.
            if (await tombstones.FindUserAsync(user, cancellationToken) is { } deleted && (call.StartedAt ?? call.Timestamp ?? DateTimeOffset.MinValue) <= deleted) return true;
        }

        return false;
    }

    /// <summary>Deletes what there is of such a call already, such as a recording that came before its transcript, and lets nothing more of it in.</summary>
    public async Task DeleteAsync(ArchivedCall call, CancellationToken cancellationToken)
    {
        await tombstones.SetCallAsync(call.ConversationId, cancellationToken);
        await removal.DeleteAsync(call, spared: [], cancellationToken);
    }
}
