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

        // One day, unless midnight came between the first two events.
        var purged = default(PurgedBlobs);
        foreach (var day in events.Select(CallRows.Day).Append(call.Day).Distinct()) purged += await DeleteAsync(call with { Day = day }, events, spared, cancellationToken);
        return purged;
    }

    private async Task<PurgedBlobs> DeleteAsync(ArchivedCall call, List<StoredRow> events, IReadOnlyCollection<string> spared, CancellationToken cancellationToken)
    {
        var purged = await storage.PurgeAsync(CallRows.Blobs(call), cancellationToken);

        var key = CallRows.Key(call.Day, call.ConversationId);
        // '/' is what comes after '.'.
        var listed = await storage.ListAsync(CallRows.ByDay, key + ".", key + "/", cancellationToken).ToListAsync(cancellationToken);
        await storage.DeleteAsync(CallRows.Events(call.ConversationId), [.. events.Select(static row => row.Key)], cancellationToken);
        await storage.DeleteAsync(CallRows.ByAgent(call.AgentId), [key], cancellationToken);
        foreach (var user in listed.SelectMany(CallRows.EndUsers).Distinct().Except(spared)) await storage.DeleteAsync(CallRows.ByEndUser(user), [key], cancellationToken);
        await storage.DeleteAsync(CallRows.ByDay, [.. listed.Select(static row => row.Key)], cancellationToken);
        return purged;
    }
}
