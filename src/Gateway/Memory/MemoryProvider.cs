namespace Gateway.Memory;

/// <summary>Where a caller's end users are remembered.</summary>
public enum MemoryProvider
{
    /// <summary>Nowhere.</summary>
    None,

    /// <summary>In the table of the storage account: summaries and collected data of the post-call webhook, and what tools remember.</summary>
    BuiltIn,

    /// <summary>With Zep (https://www.getzep.com).</summary>
    Zep,

    /// <summary>With Mem0 (https://mem0.ai).</summary>
    Mem0,
}
