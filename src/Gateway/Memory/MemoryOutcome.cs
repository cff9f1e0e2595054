namespace Gateway.Memory;

/// <summary>What memory gave to a turn.</summary>
internal enum MemoryOutcome
{
    /// <summary>The turn has not come so far: it was refused, or has joined another.</summary>
    Unused,

    /// <summary>The turn names no end user.</summary>
    NoEndUser,

    /// <summary>Nothing is known of them, or nothing that their trust reaches.</summary>
    None,

    /// <summary>What is known was put into the prompt.</summary>
    Found,

    /// <summary>It did not come in time; a later turn may have it.</summary>
    Late,

    /// <summary>The memory is away.</summary>
    Failed,

    /// <summary>The end user's token counts for nothing.</summary>
    InvalidToken,
}
