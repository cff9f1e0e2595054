using System.Text.Json;
using Gateway.EndUsers;
using Gateway.Storage;

namespace Gateway.Memory;

/// <summary>
/// What is known of end users in the table of the storage account: a row for each call and for each fact. Somebody has at most <see cref="MostCalls"/> and <see cref="MostFacts"/> of them,
/// the newest; what is older is deleted when something is written, and what nobody has written to for the retention with the writes of others.
/// </summary>
internal sealed class BuiltInMemory(Lazy<IStorage> storage, StorageOptions options, ExpiredMemories expired, TimeProvider time) : IMemory
{
    public const int MostCalls = 20;
    public const int MostFacts = 50;

    // Not on the turn's thread: the first recall of a process loads the storage's assemblies.
    public Task<Recollection> RecallAsync(EndUser user, CancellationToken cancellationToken) => Task.Run(() => TryAsync(() => ReadAsync(user, cancellationToken)), cancellationToken);

    public Task RememberAsync(EndUser user, CallNotes call, CancellationToken cancellationToken)
    {
        // A clock that is ahead would make its call the newest for long.
        var (now, started) = (time.GetUtcNow(), call.StartedAt);
        if (started > now) started = now;
        StoredRow[] rows = [.. call.Summary is { } summary ? [Call(user, call.ConversationId, started, summary)] : Array.Empty<StoredRow>(), .. call.Facts.Select(fact => Fact(user, fact.Key, fact.Value, started))];
        return WriteAsync(user, rows, call.ConversationId, cancellationToken);
    }

    public Task RememberAsync(EndUser user, string name, string value, CancellationToken cancellationToken) =>
        WriteAsync(user, [Fact(user, name, value, time.GetUtcNow())], conversationId: null, cancellationToken);

    public Task DeleteAsync(EndUser user, CancellationToken cancellationToken) => TryAsync(async () =>
    {
        var partition = MemoryRows.Partition(user);
        var rows = await storage.Value.ListAsync(partition, from: null, before: null, cancellationToken).ToListAsync(cancellationToken);
        var days = rows.FindAll(MemoryRows.IsDay);
        await storage.Value.DeleteAsync(partition, [.. rows.Except(days).Select(static row => row.Key)], cancellationToken);
        await storage.Value.DeleteAsync(MemoryRows.Days, [.. days.Select(row => MemoryRows.DayKey(partition, row.Key[MemoryRows.Written.Length..]))], cancellationToken);
        // Last: they say where the others are.
        await storage.Value.DeleteAsync(partition, [.. days.Select(static row => row.Key)], cancellationToken);
        return true;
    });

    public Task ExportAsync(EndUser user, Utf8JsonWriter json, CancellationToken cancellationToken) => TryAsync(async () =>
    {
        var rows = await ListAsync(user, before: MemoryRows.Written, cancellationToken);
        json.WriteStartObject();
        json.WriteStartArray("calls"u8);
        foreach (var row in rows.Where(MemoryRows.IsCall)) Write(row, [("conversation_id", MemoryRows.Conversation), ("started_at", MemoryRows.At), ("trust", MemoryRows.Trust), ("summary", MemoryRows.Text)]);
        json.WriteEndArray();
        json.WriteStartArray("facts"u8);
        foreach (var row in rows.Where(MemoryRows.IsFact)) Write(row, [("name", MemoryRows.Name), ("value", MemoryRows.Text), ("told_at", MemoryRows.At), ("trust", MemoryRows.Trust)]);
        json.WriteEndArray();
        json.WriteEndObject();
        return true;

        void Write(StoredRow row, (string Name, string Column)[] values)
        {
            json.WriteStartObject();
            foreach (var (name, column) in values) json.WriteString(name, row.Values[column]);
            json.WriteEndObject();
        }
    });

    /// <summary>
    /// Those of end users who are known by these keys, of all callers there have ever been: one may have another provider by now, or another name, and what was remembered for it is still there.
    /// </summary>
    public Task<List<EndUser>> FindAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) => TryAsync(async () =>
        await storage.Value.ListAsync(MemoryRows.Days, from: null, before: null, cancellationToken).Select(MemoryRows.UserOf).Where(user => keys.Contains(user.Key)).Distinct().ToListAsync(cancellationToken));

    private async Task<Recollection> ReadAsync(EndUser user, CancellationToken cancellationToken)
    {
        var rows = await ListAsync(user, before: MemoryRows.Written, cancellationToken);
        return new Recollection(
            [.. KnownFact.Recall(rows.Where(MemoryRows.IsFact).Select(MemoryRows.Fact))],
            [.. rows.Where(MemoryRows.IsCall).Select(static row => $"{row.Values[MemoryRows.At].AsSpan(0, "yyyy-MM-dd".Length)}: {row.Values[MemoryRows.Text]}")]);
    }

    private Task<bool> WriteAsync(EndUser user, StoredRow[] rows, string? conversationId, CancellationToken cancellationToken) => TryAsync(async () =>
    {
        if (rows.Length == 0) return true;
        var partition = MemoryRows.Partition(user);
        var there = await storage.Value.ListAsync(partition, from: null, before: null, cancellationToken).ToListAsync(cancellationToken);
        var known = there.ToDictionary(static row => row.Key);

        // Before what it tells of: what is not written down as written would never be deleted.
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        // Also where it was there a moment ago: a deletion may just be taking it away.
        await storage.Value.SetAsync([Row(partition, MemoryRows.DayKey(today), [])], cancellationToken);
        await storage.Value.SetAsync([Row(MemoryRows.Days, MemoryRows.DayKey(partition, MemoryRows.Day(today)), [])], cancellationToken);

        // A call that is told late must not bring back what a later one has told otherwise.
        StoredRow[] written = [.. rows.Where(row => !known.TryGetValue(row.Key, out var before) || string.CompareOrdinal(before.Values[MemoryRows.At], row.Values[MemoryRows.At]) <= 0)];
        await storage.Value.SetAsync(written, cancellationToken);

        foreach (var row in written) known[row.Key] = row;
        string[] beyond =
        [
            .. known.Values.Where(row => !MemoryRows.IsDay(row) && MemoryRows.End(row, options.Retention) <= time.GetUtcNow()).Select(static row => row.Key),
            .. known.Values.Where(row => MemoryRows.IsCall(row) && row.Values[MemoryRows.Conversation] == conversationId && !rows.Any(now => now.Key == row.Key)).Select(static row => row.Key),
            .. known.Values.Where(MemoryRows.IsCall).Select(static row => row.Key).Order(StringComparer.Ordinal).Skip(MostCalls),
            .. known.Values.Where(MemoryRows.IsFact).OrderByDescending(static row => row.Values[MemoryRows.At], StringComparer.Ordinal).Select(static row => row.Key).Skip(MostFacts),
        ];
        await storage.Value.DeleteAsync(partition, [.. beyond.Distinct()], cancellationToken);
        await expired.SweepAsync(storage.Value, cancellationToken);
        return true;
    });

    private async Task<List<StoredRow>> ListAsync(EndUser user, string? before, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return await storage.Value.ListAsync(MemoryRows.Partition(user), from: null, before, cancellationToken).Where(row => MemoryRows.End(row, options.Retention) > now).ToListAsync(cancellationToken);
    }

    private StoredRow Call(EndUser user, string conversationId, DateTimeOffset at, string summary) => Row(
        MemoryRows.Partition(user),
        MemoryRows.CallKey(at, conversationId),
        new() { [MemoryRows.Conversation] = conversationId, [MemoryRows.At] = MemoryRows.Time(at), [MemoryRows.Trust] = user.Trust.ToString(), [MemoryRows.Text] = summary });

    private StoredRow Fact(EndUser user, string name, string value, DateTimeOffset at) => Row(
        MemoryRows.Partition(user),
        MemoryRows.FactKey(user.Trust, name),
        new() { [MemoryRows.Name] = name, [MemoryRows.At] = MemoryRows.Time(at), [MemoryRows.Trust] = user.Trust.ToString(), [MemoryRows.Text] = value });

    private StoredRow Row(string partition, string key, Dictionary<string, string> values)
    {
        var now = time.GetUtcNow();
        values[MemoryRows.WrittenAt] = MemoryRows.Time(now);
        return new(partition, key, now + options.Retention, values);
    }

    private static async Task<T> TryAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (StorageUnavailableException e)
        {
            throw new MemoryUnavailableException(e.Message, e);
        }
    }
}
