namespace Gateway.Relay;

/// <summary>What a look at newly read bytes has shown.</summary>
[Flags]
internal enum RelayProgress
{
    None = 0,

    /// <summary>A content, tool or reasoning delta.</summary>
    Delta = 1,

    /// <summary>A meaningful token.</summary>
    Meaningful = 2,
}
