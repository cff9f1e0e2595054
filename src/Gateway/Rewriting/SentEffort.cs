namespace Gateway.Rewriting;

/// <summary>What an attempt's <c>reasoning_effort</c> says.</summary>
internal enum SentEffort
{
    /// <summary>It is not sent; the model does what it does by default.</summary>
    Absent,

    /// <summary><c>none</c>.</summary>
    None,

    /// <summary>Anything else.</summary>
    Reasoning,
}
