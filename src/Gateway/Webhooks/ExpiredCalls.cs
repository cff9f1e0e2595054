using Gateway.Memory;
using Gateway.Privacy;
using Gateway.Storage;
using Microsoft.Extensions.Logging;

namespace Gateway.Webhooks;

/// <summary>Deletes calls whose time is up: a few with every event that is stored, so that it needs no clock of its own where no instance may be running.</summary>
internal sealed class ExpiredCalls(IStorage storage, CallRemoval removal, Tombstones tombstones, ExpiredMemories memories, StorageOptions options, TimeProvider time, ILogger<ExpiredCalls> log)
{
    // Of a call come two events or so, so that this is several times what is added. At some ten requests each it adds less than a second.
    private const int MostAtOnce = 10;

    // Nothing is left of the days before this one: no need to ask again before the next.
    private DateOnly _cleared;

    /// <summary>Deletes some. That it fails is told to the log alone: what is to be stored is stored, and the next event's try is as good.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        // Also where no caller has a memory any more: what was remembered is still there.
        await memories.SweepAsync(storage, cancellationToken);
        var oldest = DateOnly.FromDateTime((time.GetUtcNow() - options.Retention).UtcDateTime);
        if (_cleared >= oldest) return;
        try
        {
            var calls = await storage.ListAsync(CallRows.ByDay, from: null, CallRows.Text(oldest), cancellationToken).Select(CallRows.Call).Distinct().Take(MostAtOnce).ToListAsync(cancellationToken);
            foreach (var call in calls) await removal.DeleteAsync(call, spared: [], cancellationToken);
            if (calls.Count == MostAtOnce) return;
            await tombstones.SweepAsync(cancellationToken);
            _cleared = oldest;
        }
        catch (StorageUnavailableException e)
        {
            WebhookLog.NotSwept(log, e.Message);
        }
        catch (OperationCanceledException)
        {
            WebhookLog.NotSwept(log, "Storage: no answer in time");
        }
    }
}
