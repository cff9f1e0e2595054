namespace Gateway.Turns;

/// <summary>What ended a turn from outside, before its answer was whole.</summary>
internal enum TurnEnd
{
    /// <summary>Nothing did.</summary>
    None,

    /// <summary>The caller hung up.</summary>
    HungUp,

    /// <summary>The caller stopped reading: a write took longer than a stall. Not every hang-up behind a front end is told to us.</summary>
    CallerStalled,

    /// <summary>Nothing to hear, or after buffer words no answer, in time.</summary>
    FirstOutputLate,

    /// <summary>The stream had begun, and then no content, tool or reasoning delta came in time.</summary>
    Stalled,

    /// <summary>The turn's total time was up.</summary>
    TimeUp,
}
