namespace Gateway.Memory;

/// <summary>The memory cannot be read or written now. The message names neither hosts nor end users.</summary>
internal sealed class MemoryUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
