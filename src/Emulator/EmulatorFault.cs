namespace Emulator;

/// <summary>What goes wrong in an answer. In JSON: snake case, such as <c>cut_reset</c>.</summary>
public enum EmulatorFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The connection is reset (HTTP/2: the stream), before the headers unless <see cref="EmulatorScript.After"/> is set.</summary>
    Reset,

    /// <summary>Half a frame, then the body ends as if it were whole.</summary>
    Cut,

    /// <summary>Half a frame, then a reset.</summary>
    CutReset,

    /// <summary>Nothing more is said, before the headers unless <see cref="EmulatorScript.After"/> is set; see <see cref="EmulatorScript.StallMs"/>.</summary>
    Stall,

    /// <summary>An error frame inside the 200, and the end of the body.</summary>
    Error,

    /// <summary>A data frame that is no JSON; the answer goes on behind it.</summary>
    Garbage,

    /// <summary>One content delta of <see cref="EmulatorScript.Size"/> characters; the answer goes on behind it.</summary>
    Oversize,

    /// <summary>The filter ends the answer: <c>finish_reason: content_filter</c>.</summary>
    ContentFilter,

    /// <summary>Azure's first chunk with the verdict on the prompt, and nothing else.</summary>
    PreambleOnly,

    /// <summary>A whole answer without <c>[DONE]</c>.</summary>
    NoDone,

    /// <summary>A whole answer without its finish chunk, but with <c>[DONE]</c>.</summary>
    NoFinish,

    /// <summary>The body ends with neither, after <see cref="EmulatorScript.After"/> deltas or all of them.</summary>
    NoEnd,
}
