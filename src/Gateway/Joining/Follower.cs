using Gateway.Turns;

namespace Gateway.Joining;

/// <summary>A request that joined a turn under way: it gets what was said so far, then the rest as it comes, under a deadline of its own.</summary>
internal sealed class Follower(SharedTurn shared)
{
    private readonly Signal _signal = new();

    /// <summary>How much of the answer it has read. The shared turn's to set.</summary>
    public long Position { get; set; }

    public void Wake() => _signal.Wake();

    /// <summary>Reads the turn to its end, or its own.</summary>
    /// <returns>How that was; <see cref="AttemptOutcome.None"/> where the turn ended before it said anything, so that the request is to be answered anew.</returns>
    public async Task<AttemptOutcome> FollowAsync(CallerResponse reader, Turn turn)
    {
        var deadline = turn.Deadline;
        deadline.Wakes(_signal);
        try
        {
            while (deadline.End == TurnEnd.None)
            {
                var goesOn = shared.Read(this, reader);
                if (reader.HasUnsent) await reader.SendAsync();
                if (!goesOn) return Ended(reader);
                await _signal.WaitAsync();
            }

            // Its own time is up before the turn's is.
            if (deadline.Outcome != AttemptOutcome.Interrupted) await new SpokenAnswer(turn, reader).EndAsync(hasSpoken: reader.Started);
            return deadline.Outcome;
        }
        finally
        {
            shared.Leave(this);
        }
    }

    private AttemptOutcome Ended(CallerResponse reader) => shared.Outcome switch
    {
        _ when !reader.Started => AttemptOutcome.None,
        // Detached, because it read too slowly.
        AttemptOutcome.None => AttemptOutcome.Interrupted,
        var outcome => outcome,
    };
}
