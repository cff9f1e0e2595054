using Gateway.EndUsers;
using Gateway.Memory;

namespace Gateway.CallStart;

/// <summary>Looks up what is remembered of who calls, and never takes longer than it may, whatever the memory does.</summary>
/// <param name="recall">The memory.</param>
/// <param name="lowRisk">The names of what a number alone, which can be forged, recalls.</param>
/// <param name="budget">How long the answer waits.</param>
/// <param name="time">The clock.</param>
internal sealed class CallRecall(RecallForCall recall, IReadOnlyCollection<string> lowRisk, TimeSpan budget, TimeProvider time)
{
    // By then the first turn has asked for itself.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    public static IReadOnlyDictionary<string, string> Nothing { get; } = new Dictionary<string, string>();

    /// <summary>The facts that may be recalled, by name.</summary>
    public async Task<(RecallOutcome Outcome, IReadOnlyDictionary<string, string> Facts)> RecallAsync(EndUser user, string? conversationId, CancellationToken hangUp)
    {
        try
        {
            // On a thread of its own, because a client may block while it connects; and not cancelled when the answer goes out without it: what comes late is in the
            // memory's cache when the first turn asks.
            return await Task.Run(() => LookUpAsync(user, conversationId), CancellationToken.None).WaitAsync(budget, time, hangUp);
        }
        catch (TimeoutException)
        {
            return (RecallOutcome.Late, Nothing);
        }
    }

    private async Task<(RecallOutcome, IReadOnlyDictionary<string, string>)> LookUpAsync(EndUser user, string? conversationId)
    {
        using var timeout = new CancellationTokenSource(Longest, time);
        try
        {
            var facts = new Dictionary<string, string>(Recollection.Names);
            // Newest first.
            foreach (var (name, value) in (await recall(user, conversationId, timeout.Token)).Facts)
            {
                if (lowRisk.Contains(name) && IsUsable(name, value)) facts.TryAdd(name, value);
            }

            return (facts.Count > 0 ? RecallOutcome.Found : RecallOutcome.Nothing, facts);
        }
        catch (Exception)
        {
            // Of whatever kind: nothing of a memory is worth a call.
            return (RecallOutcome.Failed, Nothing);
        }
    }

    // "German" in place of "de" would end the call.
    private static bool IsUsable(string name, string value) => !Recollection.Names.Equals(name, "language") || LanguageCode.IsOne(value);
}
