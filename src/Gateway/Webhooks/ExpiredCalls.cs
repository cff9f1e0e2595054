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

    // At some three requests each. Many more than are deleted: an instance may end after an event or two, and the next begins with the same ones again.
    private const int MostRefused = 50;

    // Nothing is left of the days before this one that could be deleted: no need to ask again before the next.
    private DateOnly _cleared;

    // Behind the last call that could not be deleted; null: from the oldest one.
    private string? _from;

    /// <summary>Deletes some. That it fails is told to the log alone: what is to be stored is stored, and the next event's try is as good.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        // Also where no caller has a memory any more: what was remembered is still there.
        await memories.SweepAsync(storage, cancellationToken);
        var oldest = DateOnly.FromDateTime((time.GetUtcNow() - options.Retention).UtcDateTime);
        if (_cleared >= oldest) return;
        try
        {
            if (!await DeleteAsync(oldest, cancellationToken)) return;
            await tombstones.SweepAsync(cancellationToken);
            // What could not be deleted is tried again with the next day's.
            (_from, _cleared) = (null, oldest);
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

    /// <summary>Deletes some of the calls before a day. Whether there are no more to try.</summary>
    private async Task<bool> DeleteAsync(DateOnly oldest, CancellationToken cancellationToken)
    {
        var (deleted, refused) = (0, 0);
        await foreach (var call in storage.ListAsync(CallRows.ByDay, _from, CallRows.Text(oldest), cancellationToken).Select(CallRows.Call).Distinct())
        {
            if (deleted == MostAtOnce || refused == MostRefused) return false;
            try
            {
                await removal.DeleteAsync(call, spared: [], cancellationToken);
                deleted++;
            }
            catch (StorageUnavailableException e)
            {
                // Also where the storage seems to be away: it may be this call alone that it cannot delete. '/' is what comes after '.'.
                _from = CallRows.Key(call.Day, call.ConversationId) + "/";
                if (!e.IsRefusal) throw;
                if (refused++ == 0) WebhookLog.NotSwept(log, e.Message);
            }
        }

        return true;
    }
}
