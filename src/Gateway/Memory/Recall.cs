namespace Gateway.Memory;

/// <summary>A recall that has begun, of which all turns of a conversation have the result.</summary>
/// <param name="startedAt">When it began, as a timestamp of the clock.</param>
internal sealed class Recall(long startedAt)
{
    public long StartedAt => startedAt;

    /// <summary>Whether the end user was deleted meanwhile, so that it comes to nothing.</summary>
    public volatile bool IsForgotten;

    /// <summary>What it comes to. It does not throw.</summary>
    public Task<Recalled> Result { get; set; } = null!;
}
