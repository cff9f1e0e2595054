using Gateway.Storage;

namespace Gateway.Webhooks;

/// <summary>Takes a call out of the archive: its blobs, and every row that tells of it.</summary>
internal sealed class CallRemoval(IStorage storage)
{
    /// <summary>Deletes all there is of a call. What failed in the middle is found again by the rows that go last.</summary>
    /// <param name="call">The call.</param>
    /// <param name="spared">The end users under whom its rows stay, because whoever calls this finds it by them and deletes them last.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<PurgedBlobs> DeleteAsync(ArchivedCall call, IReadOnlyCollection<string> spared, CancellationToken cancellationToken)
    {
        var events = await storage.ListAsync(CallRows.Events(call.ConversationId), from: null, before: null, cancellationToken).ToListAsync(cancellationToken);
        // They name the call, and announce what is not there any more.
        foreach (var receipt in events.Select(static row => row.Values.GetValueOrDefault(CallRows.Message)).OfType<string>()) await storage.WithdrawAsync(receipt, cancellationToken);

        // One day and one agent, unless midnight came between the first two events, or they named different ones.
        var places = events.Select(row => call with { AgentId = row.Values.GetValueOrDefault("Agent") ?? call.AgentId, Day = CallRows.Day(row) }).Append(call).Distinct().ToList();
        var purged = default(PurgedBlobs);
        foreach (var place in places)
        {
            purged += await storage.PurgeAsync(CallRows.Blobs(place), cancellationToken);
            await storage.DeleteAsync(CallRows.ByAgent(place.AgentId), [CallRows.Key(place.Day, call.ConversationId)], cancellationToken);
        }

        foreach (var day in places.Select(static place => place.Day).Where(day => day != call.Day).Distinct()) await UnlistAsync(call with { Day = day }, spared, cancellationToken);
        // They tell of the other places, which are done with; the call itself is found again by its own day's rows.
        await storage.DeleteAsync(CallRows.Events(call.ConversationId), [.. events.Select(static row => row.Key)], cancellationToken);
        await UnlistAsync(call, spared, cancellationToken);
        return purged;
    }

    private async Task UnlistAsync(ArchivedCall call, IReadOnlyCollection<string> spared, CancellationToken cancellationToken)
    {
        var key = CallRows.Key(call.Day, call.ConversationId);
        // '/' is what comes after '.'.
        var listed = await storage.ListAsync(CallRows.ByDay, key + ".", key + "/", cancellationToken).ToListAsync(cancellationToken);
        foreach (var user in listed.SelectMany(CallRows.EndUsers).Distinct().Except(spared)) await storage.DeleteAsync(CallRows.ByEndUser(user), [key], cancellationToken);
        await storage.DeleteAsync(CallRows.ByDay, [.. listed.Select(static row => row.Key)], cancellationToken);
    }
}
