namespace Gateway.Memory;

/// <summary>What a caller's agent remembers of earlier calls. Section <c>Callers__N__Memory</c>.</summary>
public sealed class MemoryOptions
{
    /// <summary>Where it is kept. Default: <see cref="MemoryProvider.None"/>.</summary>
    public MemoryProvider Provider { get; set; } = MemoryProvider.None;

    /// <summary>
    /// How long the first turn of a call waits for what is remembered; what comes later is there from the next turn on. Default: 150 ms. Above zero and at most 2 s, because it is
    /// added to the time to the first word.
    /// </summary>
    public TimeSpan Budget { get; set; } = TimeSpan.FromMilliseconds(150);

    /// <summary>The most characters that are put into a system message. Default: 2,000, some 500 tokens. From 500 to 8,000.</summary>
    public int MaxCharacters { get; set; } = 2000;

    /// <summary>
    /// The names of the facts that are remembered and recalled where a caller's number is all that is known of them, which can be forged and belongs to whoever holds the phone.
    /// Default: <c>language</c> and <c>preferred_name</c>.
    /// </summary>
    public IList<string> LowRiskFields { get; } = [];

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
