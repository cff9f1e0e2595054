namespace Gateway.Storage;

/// <summary>A blob, or what an account keeps of one beside it.</summary>
/// <param name="Name">The blob's name.</param>
internal sealed record StoredBlob(string Name)
{
    /// <summary>Which earlier version it is; null where it is none.</summary>
    public string? Version { get; init; }

    /// <summary>Which snapshot it is; null where it is none.</summary>
    public string? Snapshot { get; init; }

    /// <summary>Whether it was deleted softly: it is there, and cannot be read unless somebody undeletes it.</summary>
    public bool IsDeleted { get; init; }

    /// <summary>When that was, where the account says so.</summary>
    public DateTimeOffset? DeletedOn { get; init; }
}
