namespace Gateway.Memory;

/// <summary>What a recall came to.</summary>
/// <param name="Outcome"><see cref="MemoryOutcome.Found"/>, <see cref="MemoryOutcome.None"/> or <see cref="MemoryOutcome.Failed"/>.</param>
/// <param name="LowRisk">What is known and of low risk: what a call may begin with.</param>
/// <param name="Notes">What is put into the prompt, escaped to stand in a JSON string.</param>
internal readonly record struct Recalled(MemoryOutcome Outcome, IReadOnlyList<KeyValuePair<string, string>> LowRisk, byte[] Notes);
