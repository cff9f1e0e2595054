namespace Gateway.Memory;

/// <summary>What a recall came to.</summary>
/// <param name="Outcome"><see cref="MemoryOutcome.Found"/>, <see cref="MemoryOutcome.None"/> or <see cref="MemoryOutcome.Failed"/>.</param>
/// <param name="Known">What is known, as far as the end user's trust reaches.</param>
/// <param name="Notes">What is put into the prompt, escaped to stand in a JSON string.</param>
internal readonly record struct Recalled(MemoryOutcome Outcome, Recollection Known, byte[] Notes);
