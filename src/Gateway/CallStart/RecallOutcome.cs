namespace Gateway.CallStart;

/// <summary>What came of looking up what is remembered of who calls.</summary>
internal enum RecallOutcome
{
    /// <summary>Nobody to look up, or nothing is remembered of anybody.</summary>
    None,

    /// <summary>Something that may be recalled is remembered.</summary>
    Found,

    /// <summary>Nothing that may be recalled is.</summary>
    Nothing,

    /// <summary>It was not there in time.</summary>
    Late,

    /// <summary>The memory is away.</summary>
    Failed,
}
