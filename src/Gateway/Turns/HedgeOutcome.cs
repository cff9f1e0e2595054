namespace Gateway.Turns;

/// <summary>What became of the attempts that were started beside a late one.</summary>
internal enum HedgeOutcome
{
    /// <summary>There was none.</summary>
    None,

    /// <summary>The first attempt answered all the same, or nothing did.</summary>
    Lost,

    /// <summary>One of them answered.</summary>
    Won,
}
