namespace Gateway.Speech;

/// <summary>What is said in one language without a model.</summary>
internal sealed record Phrases
{
    /// <summary>The language's code, without a region: <c>de</c>.</summary>
    public required string Language { get; init; }

    /// <summary>What fills the wait for an answer. Each ends in <c>"... "</c>, goes with any answer, and promises nothing.</summary>
    public required IReadOnlyList<string> BufferWords { get; init; }

    /// <summary>Instead of an answer to the user: asks to say it again.</summary>
    public required string FallbackAfterUser { get; init; }

    /// <summary>Instead of an answer to a tool's result: it is being checked. It never asks to repeat, or what was booked is booked twice.</summary>
    public required string FallbackAfterTool { get; init; }

    /// <summary>Instead of an answer that the content filter refused.</summary>
    public required string ContentFiltered { get; init; }

    /// <summary>After an answer that broke off. It asks for nothing again either: the tool that the answer spoke of has run.</summary>
    public required string Closing { get; init; }

    /// <summary>What <c>end_call</c> says.</summary>
    public required string EndCall { get; init; }
}
