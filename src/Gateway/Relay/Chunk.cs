namespace Gateway.Relay;

/// <summary>What was seen in one chunk. Ranges are within the chunk's data.</summary>
internal struct Chunk
{
    public ChunkKind Kind;

    /// <summary>The indices of the choices that are in the chunk, as bits.</summary>
    public ulong Choices;

    /// <summary>The indices of the choices that finish in it, as bits.</summary>
    public ulong Finished;

    /// <summary>The indices of the choices that call a tool in it, as bits.</summary>
    public ulong Calling;

    /// <summary>The value of the finish reason that was read last, with its quotes.</summary>
    public Range FinishReason;

    /// <summary>The value of the first choice's <c>content</c>, with its quotes; empty where there is none that says something.</summary>
    public Range Content;

    /// <summary>The value of <c>id</c>, with its quotes; empty where it is missing or <c>""</c>.</summary>
    public Range Id;

    /// <summary>The value of <c>model</c>, with its quotes; empty where it is missing.</summary>
    public Range Model;

    /// <summary>The value of <c>created</c>; empty where it is missing.</summary>
    public Range Created;

    public TokenUsage Usage;

    public readonly bool Has(ChunkKind kind) => (Kind & kind) != 0;
}
