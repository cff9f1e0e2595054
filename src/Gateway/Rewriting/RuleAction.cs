namespace Gateway.Rewriting;

/// <summary>What a learned rule does to its parameter.</summary>
internal enum RuleAction
{
    /// <summary>It is not sent.</summary>
    Drop,

    /// <summary>It is sent under the other name that it has: the cap of a completion has two.</summary>
    Rename,

    /// <summary>It is sent with a value of ours.</summary>
    Set,
}
