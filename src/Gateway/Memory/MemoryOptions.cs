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
}
