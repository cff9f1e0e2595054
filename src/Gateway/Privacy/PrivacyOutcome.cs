namespace Gateway.Privacy;

/// <summary>How a request about an end user ended.</summary>
internal enum PrivacyOutcome
{
    /// <summary>It was refused: its key, its form.</summary>
    Rejected,

    /// <summary>Everything is deleted, or written.</summary>
    Done,

    /// <summary>Something could not be deleted, and is to be asked for again.</summary>
    Incomplete,

    /// <summary>Nothing could be done.</summary>
    Unavailable,

    /// <summary>An export broke off.</summary>
    Interrupted,
}
