using Gateway.Storage;
using Microsoft.Extensions.Logging;

namespace Gateway.Memory;

/// <summary>Deletes what is known of end users when its time is up: of a few of them with everything that is remembered, as <c>ExpiredCalls</c> does with calls.</summary>
internal sealed class ExpiredMemories(StorageOptions options, TimeProvider time, ILogger<ExpiredMemories> log)
{
    // A call adds one at most, so that this is several times what is added.
    private const int MostAtOnce = 10;

    // Nothing is left of the days before this one: no need to ask again before the next.
    private DateOnly _cleared;

    /// <summary>Deletes some. That it fails is told to the log alone: the next one's try is as good.</summary>
    public async Task SweepAsync(IStorage storage, CancellationToken cancellationToken)
    {
        var oldest = DateOnly.FromDateTime((time.GetUtcNow() - options.Retention).UtcDateTime);
        if (_cleared >= oldest) return;
        try
        {
            var days = await storage.ListAsync(MemoryRows.Days, from: null, MemoryRows.Day(oldest), cancellationToken).Take(MostAtOnce).ToListAsync(cancellationToken);
            foreach (var day in days) await DeleteAsync(storage, day, cancellationToken);
            if (days.Count < MostAtOnce) _cleared = oldest;
        }
        catch (StorageUnavailableException e)
        {
            MemoryLog.NotSwept(log, e.Message);
        }
        catch (OperationCanceledException)
        {
            MemoryLog.NotSwept(log, "Storage: no answer in time");
        }
    }

    private async Task DeleteAsync(IStorage storage, StoredRow day, CancellationToken cancellationToken)
    {
        var (partition, now) = (MemoryRows.PartitionOf(day), time.GetUtcNow());
        var rows = await storage.ListAsync(partition, from: null, MemoryRows.Written, cancellationToken).ToListAsync(cancellationToken);
        await storage.DeleteAsync(partition, [.. rows.Where(row => MemoryRows.End(row, options.Retention) <= now).Select(static row => row.Key)], cancellationToken);
        await storage.DeleteAsync(MemoryRows.Days, [day.Key], cancellationToken);
        await storage.DeleteAsync(partition, [MemoryRows.Written + MemoryRows.DayOf(day)], cancellationToken);
    }
}
