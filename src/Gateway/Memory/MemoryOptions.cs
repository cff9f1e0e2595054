namespace Gateway.Memory;

/// <summary>What a caller's agent remembers of earlier calls. Section <c>Callers__N__Memory</c>.</summary>
public sealed class MemoryOptions
{
    /// <summary>Where it is kept. Default: <see cref="MemoryProvider.None"/>.</summary>
    public MemoryProvider Provider { get; set; } = MemoryProvider.None;
}
