using System.Collections.Concurrent;
using Gateway.Turns;

namespace Gateway.Joining;

/// <summary>
/// The turns under way that a duplicate may join. ElevenLabs sends a turn again when it was silent for the cascade timeout, without cancelling the
/// first; answering each copy by a call of its own would make the slow upstream slower.
/// </summary>
internal sealed class JoinableTurns
{
    private readonly ConcurrentDictionary<TurnKey, SharedTurn> _turns = [];

    /// <summary>Makes a turn joinable, or joins the one that is under way.</summary>
    /// <param name="turn">The turn, which leads where it is the first.</param>
    /// <param name="key">What it has in common with its duplicates.</param>
    /// <param name="follower">The place among the readers of the turn that was joined; null where this turn leads.</param>
    public SharedTurn LeadOrJoin(Turn turn, TurnKey key, out Follower? follower)
    {
        follower = null;
        var shared = new SharedTurn(this, key, turn.Deadline);
        while (true)
        {
            var first = _turns.GetOrAdd(key, shared);
            if (first == shared) return shared;
            follower = first.TryJoin();
            if (follower is not null) return first;
            // It cannot be joined any more and is about to leave; this turn takes its place.
            if (_turns.TryUpdate(key, shared, first)) return shared;
        }
    }

    public void Remove(TurnKey key, SharedTurn shared) => _turns.TryRemove(KeyValuePair.Create(key, shared));
}
