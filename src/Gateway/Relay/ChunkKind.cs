namespace Gateway.Relay;

/// <summary>What a chunk of a stream, or a whole completion, carries.</summary>
[Flags]
internal enum ChunkKind
{
    None = 0,

    /// <summary>At least one choice. A chunk without one is usage, or Azure's preamble.</summary>
    Choice = 1,

    /// <summary>A choice with a <c>delta</c>. A chunk without one is a verdict of Azure's asynchronous filter, which no OpenAI client expects.</summary>
    Delta = 2,

    /// <summary>Non-empty content, refusal or audio.</summary>
    Speech = 4,

    /// <summary>The name of a tool or function.</summary>
    ToolName = 8,

    /// <summary>Any part of a tool call or function call.</summary>
    ToolCall = 16,

    /// <summary>Non-empty reasoning.</summary>
    Reasoning = 32,

    /// <summary>A <c>finish_reason</c>.</summary>
    Finish = 64,

    /// <summary>Token counts.</summary>
    Usage = 128,

    /// <summary>An error in place of a chunk.</summary>
    Error = 256,

    /// <summary>The one definition of time to first token: what somebody can hear, or act on.</summary>
    Meaningful = Speech | ToolName,

    /// <summary>What shows that the stream is alive.</summary>
    Progress = Speech | ToolCall | Reasoning,
}
