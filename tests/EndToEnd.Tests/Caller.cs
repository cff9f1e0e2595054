namespace EndToEnd.Tests;

/// <summary>The two kinds of callers that a gateway knows.</summary>
public enum Caller
{
    /// <summary>A voice agent.</summary>
    Voice,

    /// <summary>A program.</summary>
    Api,
}
