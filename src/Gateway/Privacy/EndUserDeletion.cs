using System.Collections.Concurrent;
using Gateway.ElevenLabs;
using Gateway.Memory;
using Gateway.Storage;
using Gateway.Webhooks;
using Microsoft.Extensions.Logging;

namespace Gateway.Privacy;

/// <summary>
/// Deletes all there is of end users. The tombstones come first, so that nothing is stored behind its back; then everything that can fail alone, alone; and last the rows by which
/// their calls are found, so that whoever asks again goes on where it stopped.
/// </summary>
internal sealed class EndUserDeletion(EndUserTraces traces, IStorage storage, Tombstones tombstones, CallRemoval removal, ILogger log)
{
    private const string AtElevenLabs = "elevenlabs";

    // Each makes a dozen requests to the storage, one after the other.
    private const int CallsAtOnce = 4;

    /// <summary>Deletes. What does not answer is left, and told.</summary>
    /// <exception cref="StorageUnavailableException">Nothing was deleted: it cannot be said to last without a tombstone.</exception>
    public async Task<DeletionReport> DeleteAsync(IReadOnlyList<string> endUsers, IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        await tombstones.SetUsersAsync(keys, cancellationToken);

        var report = new DeletionReport();
        Dictionary<ArchivedCall, List<string>> calls = [];
        ConcurrentDictionary<ArchivedCall, List<string>> removed = [];
        await TryAsync(report, "calls", async () =>
        {
            calls = await traces.CallsAsync(keys, cancellationToken);
            await Parallel.ForEachAsync(
                calls,
                new ParallelOptions { MaxDegreeOfParallelism = CallsAtOnce, CancellationToken = cancellationToken },
                async (listed, token) =>
                {
                    if (await TryRemoveAsync(listed.Key, keys, report, token) is not { } purged) return;
                    report.Add(purged);
                    removed[listed.Key] = listed.Value;
                });
            await tombstones.SweepAsync(cancellationToken);
        });

        foreach (var (memory, user) in traces.MemoriesOf(keys))
        {
            await TryAsync(report, Name(memory.Options.Provider), async () =>
            {
                await memory.Provider.DeleteAsync(user, cancellationToken);
                report.Memories++;
            });
        }

        // What is left in the table is of callers who have no memory there any more, or are none.
        await TryAsync(report, "memory", async () =>
        {
            foreach (var user in await traces.BuiltIn.FindAsync(keys, cancellationToken))
            {
                await traces.BuiltIn.DeleteAsync(user, cancellationToken);
                report.Memories++;
            }
        });

        // Behind the memories: what is recalled, or comes as a dynamic variable, from now on is without them.
        traces.Forget(keys);

        if (traces.CoversElevenLabs) await TryAsync(report, AtElevenLabs, () => DeleteAtElevenLabsAsync(endUsers, keys, calls, removed, report, cancellationToken));
        else await TryAsync(report, "calls", () => ForgetAsync(removed, cancellationToken));
        return report;
    }

    private static string Name(MemoryProvider provider) => provider switch
    {
        MemoryProvider.Zep => "zep",
        MemoryProvider.Mem0 => "mem0",
        _ => "memory",
    };

    /// <summary>Takes a call out of the archive; null where it is held there, by a lease, say, which must not keep the others.</summary>
    private async Task<PurgedBlobs?> TryRemoveAsync(ArchivedCall call, IReadOnlyList<string> keys, DeletionReport report, CancellationToken cancellationToken)
    {
        await tombstones.SetCallAsync(call.ConversationId, cancellationToken);
        try
        {
            return await removal.DeleteAsync(call, spared: keys, cancellationToken);
        }
        catch (StorageUnavailableException e) when (e.IsRefusal)
        {
            PrivacyLog.NotDeleted(log, "calls", e.Message);
            report.Leave("calls");
            return null;
        }
    }

    private async Task DeleteAtElevenLabsAsync(
        IReadOnlyList<string> endUsers,
        IReadOnlyList<string> keys,
        Dictionary<ArchivedCall, List<string>> calls,
        ConcurrentDictionary<ArchivedCall, List<string>> removed,
        DeletionReport report,
        CancellationToken cancellationToken)
    {
        var client = traces.ElevenLabs();
        HashSet<string> refused = [];
        foreach (var call in calls.Keys)
        {
            if (await TryDeleteAsync(call.ConversationId) && removed.TryGetValue(call, out var listed)) await ForgetAsync(call, listed, cancellationToken);
        }

        foreach (var conversation in await EndUserTraces.ConversationsAsync(client, endUsers, keys, cancellationToken))
        {
            if (refused.Contains(conversation.ConversationId)) continue;
            // Of a call whose transcript never came there may be a recording, listed under nobody.
            var call = new ArchivedCall(conversation.AgentId, conversation.ConversationId, DateOnly.FromDateTime(conversation.Ended.UtcDateTime));
            // A call that is held here stays there too: that is where it is found the next time.
            if (await TryRemoveAsync(call, keys, report, cancellationToken) is not { } purged) continue;
            if (purged != default) report.Add(purged);
            await TryDeleteAsync(conversation.ConversationId);
        }

        // One that is refused, such as a call that is still going on, must not keep the others.
        async Task<bool> TryDeleteAsync(string conversationId)
        {
            try
            {
                if (await client.DeleteAsync(conversationId, cancellationToken)) report.AtElevenLabs++;
                return true;
            }
            catch (ElevenLabsException e)
            {
                PrivacyLog.NotDeleted(log, AtElevenLabs, e.Message);
                report.Leave(AtElevenLabs);
                refused.Add(conversationId);
                return false;
            }
        }
    }

    private async Task ForgetAsync(IEnumerable<KeyValuePair<ArchivedCall, List<string>>> calls, CancellationToken cancellationToken)
    {
        foreach (var (call, listed) in calls) await ForgetAsync(call, listed, cancellationToken);
    }

    private async Task ForgetAsync(ArchivedCall call, List<string> listed, CancellationToken cancellationToken)
    {
        foreach (var key in listed) await storage.DeleteAsync(CallRows.ByEndUser(key), [CallRows.Key(call.Day, call.ConversationId)], cancellationToken);
    }

    private async Task TryAsync(DeletionReport report, string what, Func<Task> step)
    {
        try
        {
            await step();
        }
        catch (Exception e) when (e is StorageUnavailableException or MemoryUnavailableException or ElevenLabsException)
        {
            // Messages of ours, of nobody's data.
            PrivacyLog.NotDeleted(log, what, e.Message);
            report.Leave(what);
        }
        catch (OperationCanceledException)
        {
            PrivacyLog.NotDeleted(log, what, "The time is up");
            report.Leave(what);
        }
    }
}
