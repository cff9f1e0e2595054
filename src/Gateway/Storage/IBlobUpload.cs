namespace Gateway.Storage;

/// <summary>A blob in the making. Disposing one that was not committed leaves nothing that could be read.</summary>
internal interface IBlobUpload : IAsyncDisposable
{
    /// <summary>Adds bytes; the memory may be used again when this has returned.</summary>
    Task StageAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Makes the blob of everything that was staged. It takes the place of one with the same name.</summary>
    Task CommitAsync(CancellationToken cancellationToken);
}
