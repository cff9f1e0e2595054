namespace Gateway.Tools;

/// <summary>The kinds of values that a tool can be given.</summary>
public enum ToolParameterType
{
    /// <summary>A text.</summary>
    Text,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A whole number.</summary>
    WholeNumber,

    /// <summary>Yes or no.</summary>
    Flag,
}
