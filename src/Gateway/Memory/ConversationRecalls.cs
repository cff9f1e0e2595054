using Gateway.EndUsers;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Logging;

namespace Gateway.Memory;

/// <summary>
/// What the turns of a caller recall: once for each conversation, so that its later turns wait for nothing and its prompt stays the same, which the provider's prompt cache rewards.
/// </summary>
/// <remarks>
/// A memory that fails is left alone for a while. One that is late is asked on, because its answer is good for the next turn, but waited for no more until it was in time again: a memory
/// that hangs costs one turn its budget, and not every call's first one.
/// </remarks>
internal sealed class ConversationRecalls(CallerMemory memory, MemoryMetrics metrics, TimeProvider time, ILogger log) : IDisposable
{
    /// <summary>How many conversations are kept. At 4 KB each, 16 MB; what is beyond is recalled anew.</summary>
    public const int MostConversations = 4096;

    /// <summary>How long a memory that failed is not asked.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    /// <summary>How long a recall is kept at most, in a call however long: a deletion reaches the process that runs it, and the others only by this.</summary>
    public static readonly TimeSpan LongestKept = TimeSpan.FromHours(1);

    // The turns have long gone on by then; nothing may hang for ever.
    private static readonly TimeSpan LongestRecall = TimeSpan.FromSeconds(5);

    // Longer than any silence in a call. Without a conversation's id it is by then that an end user's next call recalls anew.
    private static readonly TimeSpan KeptUnused = TimeSpan.FromMinutes(10);

    private readonly MemoryCache _kept = new(new MemoryCacheOptions { SizeLimit = MostConversations, Clock = new CacheClock(time) });
    private long? _failedAt;
    private volatile bool _isSlow;

    public CallerMemory Memory => memory;

    public MemoryMetrics Metrics => metrics;

    public TimeProvider Time => time;

    /// <summary>How many conversations are kept now.</summary>
    public int Count => _kept.Count;

    /// <summary>The recall for a conversation, under way or done; null while the memory is left alone.</summary>
    public Recall? Begin(EndUser user, string? conversationId)
    {
        var key = new RecallKey(user, conversationId);
        var now = time.GetTimestamp();
        lock (_kept)
        {
            if (_kept.TryGetValue(key, out Recall? before)) return before;
            if (_failedAt is { } failed && time.GetElapsedTime(failed, now) < Pause) return null;
            var recall = new Recall(now);
            _kept.Set(key, recall, new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = KeptUnused, AbsoluteExpirationRelativeToNow = LongestKept });
            // Behind that: one that fails at once is taken out again.
            recall.Result = FetchAsync(key, recall);
            return recall;
        }
    }

    /// <summary>Drops what was recalled of an end user, in whatever conversation, and what is being recalled: they were deleted.</summary>
    public void Forget(string endUser)
    {
        lock (_kept)
        {
            foreach (var key in _kept.Keys.Cast<RecallKey>().Where(key => key.User.Key == endUser).ToArray())
            {
                if (_kept.TryGetValue(key, out Recall? recall)) recall!.IsForgotten = true;
                _kept.Remove(key);
            }
        }
    }

    /// <summary>Recalls for a call that is about to begin what it may begin with, so that its first turn finds all of it done.</summary>
    /// <exception cref="MemoryUnavailableException">The memory is away.</exception>
    public async Task<Recollection> RecallAsync(EndUser user, string? conversationId, CancellationToken cancellationToken)
    {
        if (Begin(user, conversationId) is { } recall && await recall.Result.WaitAsync(cancellationToken) is { Outcome: not MemoryOutcome.Failed } recalled) return new Recollection(recalled.LowRisk, []);
        throw new MemoryUnavailableException("The memory failed a moment ago");
    }

    /// <summary>How long a turn may still wait for a recall.</summary>
    public TimeSpan Patience(Recall recall) => _isSlow ? TimeSpan.Zero : memory.Options.Budget - time.GetElapsedTime(recall.StartedAt);

    /// <summary>A turn has waited in vain.</summary>
    public void WasLate() => _isSlow = true;

    public void Dispose() => _kept.Dispose();

    private async Task<Recalled> FetchAsync(RecallKey key, Recall recall)
    {
        using var timeout = new CancellationTokenSource(LongestRecall, time);
        try
        {
            var known = await memory.RecallAsync(key.User, timeout.Token).WaitAsync(timeout.Token);
            if (time.GetElapsedTime(recall.StartedAt) <= memory.Options.Budget) _isSlow = false;
            if (recall.IsForgotten) return new Recalled(MemoryOutcome.None, [], []);
            var notes = RecalledNotes.Of(known, memory.Options.MaxCharacters);
            // No more of it than is used: a memory may know a hundred times what a prompt has room for.
            return new Recalled(notes.Length == 0 ? MemoryOutcome.None : MemoryOutcome.Found, memory.LowRisk(known), notes);
        }
        catch (Exception e)
        {
            // Of whatever kind: nothing of a memory is worth a call.
            lock (_kept)
            {
                _failedAt = time.GetTimestamp();
                // Not for the rest of the call: a later turn may try again.
                _kept.Remove(key);
            }

            MemoryLog.Failed(log, memory.Caller, Pause, e switch { MemoryUnavailableException => e.Message, OperationCanceledException => "No answer in time", _ => e.GetType().Name });
            return new Recalled(MemoryOutcome.Failed, [], []);
        }
    }
}
