namespace Gateway.Storage;

/// <summary>The storage is away, slow, or refuses. The message is one line for an operator, without names of hosts.</summary>
internal sealed class StorageUnavailableException(string reason, Exception? inner = null) : Exception(reason, inner);
