namespace Gateway.Memory;

/// <summary>A recall that has begun, of which all turns of a conversation have the result.</summary>
/// <param name="StartedAt">When it began, as a timestamp of the clock.</param>
/// <param name="Result">What it comes to. It does not throw.</param>
internal sealed record Recall(long StartedAt, Task<Recalled> Result);
