namespace Gateway.Storage;

/// <summary>The storage is away, slow, or refuses. The message is one line for an operator, without names of hosts.</summary>
internal sealed class StorageUnavailableException(string reason, Exception? inner = null) : Exception(reason, inner)
{
    /// <summary>Whether it answers, and refuses this one thing as that is now, such as deleting a blob with a lease or a legal hold: with another it may well succeed.</summary>
    public bool IsRefusal { get; init; }
}
