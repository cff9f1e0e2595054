namespace Gateway.Turns;

/// <summary>Where an attempt stands.</summary>
internal enum AttemptState
{
    /// <summary>No meaningful token so far.</summary>
    Opening,

    /// <summary>It can be chosen: its first meaningful token is there, or a whole answer.</summary>
    Ready,

    /// <summary>It ended without anything that could be told.</summary>
    Failed,

    /// <summary>Another was chosen, or the turn has ended.</summary>
    Abandoned,
}
