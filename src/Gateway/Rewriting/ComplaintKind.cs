namespace Gateway.Rewriting;

/// <summary>What an upstream has against a parameter.</summary>
internal enum ComplaintKind
{
    /// <summary>Nothing that a rule could help.</summary>
    None,

    /// <summary>It does not know the parameter, or the model does not take it.</summary>
    Parameter,

    /// <summary>The model does not take this value.</summary>
    Value,

    /// <summary>No model takes this value, or this version of the API does not know it.</summary>
    InvalidValue,

    /// <summary>The model does not take tools at this effort.</summary>
    EffortWithTools,
}
