namespace Gateway.Turns;

/// <summary>How one upstream call ended, and with it a turn that had no other.</summary>
internal enum AttemptOutcome
{
    /// <summary>Not ended yet.</summary>
    None,

    /// <summary>Never came to an attempt: the request itself is wrong.</summary>
    Rejected,

    /// <summary>Never came to an attempt: the keys are not loaded yet.</summary>
    NotReady,

    /// <summary>The answer is whole.</summary>
    Completed,

    /// <summary>The answer is whole and says nothing: it reached its finish without a meaningful token.</summary>
    Empty,

    /// <summary>The caller hung up, or stopped reading. No failure.</summary>
    Interrupted,

    /// <summary>The upstream refused the caller's input.</summary>
    Refused,

    /// <summary>The upstream's content filter refused the caller's input.</summary>
    ContentFiltered,

    /// <summary>429.</summary>
    RateLimited,

    /// <summary>401, 403 or 404: the deployment, its key or its role is the operator's to mend.</summary>
    Misconfigured,

    /// <summary>Another 5xx, or an error inside a stream.</summary>
    Unavailable,

    /// <summary>No connection, or one that broke before a response.</summary>
    Unreachable,

    /// <summary>408, no first token in time, or no time left.</summary>
    TimedOut,

    /// <summary>The stream had begun and then gave nothing more.</summary>
    Stalled,

    /// <summary>The stream or body ended before the answer was whole.</summary>
    Cut,

    /// <summary>The answer is not one of chat completions.</summary>
    Invalid,

    /// <summary>This endpoint failed, in a way that was not foreseen.</summary>
    Failed,
}
