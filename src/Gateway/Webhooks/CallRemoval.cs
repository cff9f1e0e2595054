using Gateway.Storage;

namespace Gateway.Webhooks;

/// <summary>Takes a call out of the archive: its blobs, and every row that tells of it.</summary>
internal sealed class CallRemoval(IStorage storage)
{
    /// <summary>Deletes all there is of a call. What failed in the middle is found again by the rows that go last.</summary>
    public async Task DeleteAsync(ArchivedCall call, CancellationToken cancellationToken)
    {
        var events = await storage.ListAsync(CallRows.Events(call.ConversationId), from: null, before: null, cancellationToken).ToListAsync(cancellationToken);
        // One day, unless midnight came between the first two events.
        foreach (var day in events.Select(CallRows.Day).Append(call.Day).Distinct()) await DeleteAsync(call with { Day = day }, events, cancellationToken);
    }

    private async Task DeleteAsync(ArchivedCall call, List<StoredRow> events, CancellationToken cancellationToken)
    {
        await foreach (var blob in storage.ListBlobsAsync(CallRows.Blobs(call), cancellationToken)) await storage.DeleteBlobAsync(blob, cancellationToken);

        var key = CallRows.Key(call.Day, call.ConversationId);
        // '/' is what comes after '.'.
        var listed = await storage.ListAsync(CallRows.ByDay, key + ".", key + "/", cancellationToken).ToListAsync(cancellationToken);
        await storage.DeleteAsync(CallRows.Events(call.ConversationId), [.. events.Select(static row => row.Key)], cancellationToken);
        await storage.DeleteAsync(CallRows.ByAgent(call.AgentId), [key], cancellationToken);
        foreach (var user in listed.SelectMany(CallRows.EndUsers).Distinct()) await storage.DeleteAsync(CallRows.ByEndUser(user), [key], cancellationToken);
        await storage.DeleteAsync(CallRows.ByDay, [.. listed.Select(static row => row.Key)], cancellationToken);
    }
}
