namespace Gateway.Speech;

/// <summary>Why there is no answer of a model.</summary>
internal enum FallbackReason
{
    /// <summary>Every attempt failed, was too late, or said nothing.</summary>
    Failed,

    /// <summary>The content filter refused the prompt, or the answer before a word of it.</summary>
    ContentFiltered,
}
