namespace Gateway.Memory;

/// <summary>What a caller's agent remembers of earlier calls. Section <c>Callers__N__Memory</c>.</summary>
public sealed class MemoryOptions
{
    /// <summary>Where it is kept. Default: <see cref="MemoryProvider.None"/>.</summary>
    public MemoryProvider Provider { get; set; } = MemoryProvider.None;

    /// <summary>
    /// The address of the service, for <see cref="MemoryProvider.Zep"/> and <see cref="MemoryProvider.Mem0"/>: https, without a path. Default: the service's own,
    /// <c>https://api.getzep.com</c> or <c>https://api.mem0.ai</c>.
    /// </summary>
    public Uri? Endpoint { get; set; }

    /// <summary>The name of the secret with the key of the service. Default: <c>zep-key</c> or <c>mem0-key</c>.</summary>
    public string? KeySecret { get; set; }

    /// <summary>The name of the secret with the key of the service; null where no service is asked.</summary>
    internal string? ServiceKeySecret => Provider switch
    {
        MemoryProvider.Zep => KeySecret ?? "zep-key",
        MemoryProvider.Mem0 => KeySecret ?? "mem0-key",
        _ => null,
    };
}
