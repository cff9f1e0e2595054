using System.Collections.Frozen;
using Gateway.Memory;
using Gateway.Options;

namespace Gateway.CallStart;

/// <summary>The callers for whose calls the webhook is switched on.</summary>
internal sealed class CallStarts
{
    private readonly FrozenDictionary<string, CallerStart> _byCaller;

    /// <param name="callers">The callers as they are configured.</param>
    /// <param name="recall">What is remembered of an end user; null where nothing is of anybody.</param>
    /// <param name="time">The clock.</param>
    public CallStarts(IEnumerable<CallerOptions> callers, RecallForCall? recall, TimeProvider time) =>
        _byCaller = callers.Where(static caller => caller.CallStart.Enabled).ToFrozenDictionary(static caller => caller.Name, caller => new CallerStart(
            new CallStartAnswer(caller.CallStart),
            recall is not null && caller.Memory.Provider != MemoryProvider.None ? new CallRecall(recall, LowRiskFacts.Of(caller.Memory), caller.CallStart.RecallBudget, time) : null,
            caller.CallStart.UserId));

    /// <summary>Whether there are any.</summary>
    public bool Any => _byCaller.Count > 0;

    /// <summary>What is told at the start of this caller's calls; null where it is not switched on.</summary>
    public CallerStart? Find(string caller) => _byCaller.GetValueOrDefault(caller);
}
