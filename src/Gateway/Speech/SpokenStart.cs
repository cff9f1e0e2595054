namespace Gateway.Speech;

/// <summary>What a text begins with that no model said.</summary>
/// <param name="Length">Its bytes, with the white space after it; 0 where there is nothing of it.</param>
/// <param name="HasFallback">Whether a fallback sentence is in it, and not only buffer words.</param>
internal readonly record struct SpokenStart(int Length, bool HasFallback);
