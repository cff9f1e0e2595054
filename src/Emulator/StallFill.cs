namespace Emulator;

/// <summary>What is sent during a stall.</summary>
public enum StallFill
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Comments: <c>: keep-alive</c>.</summary>
    Comments,

    /// <summary>Deltas with empty content.</summary>
    Deltas,
}
