namespace Gateway.Storage;

/// <summary>Blobs, and rows of a table: a storage account, or a folder. What has returned is stored durably.</summary>
/// <remarks>All of it throws <see cref="StorageUnavailableException"/> where the storage is away, slow or refuses.</remarks>
internal interface IStorage
{
    /// <summary>Begins a blob. Nobody sees any of it before it is committed.</summary>
    /// <param name="name">Its name, with <c>/</c> between levels.</param>
    /// <param name="contentType">The media type that it is given.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    Task<IBlobUpload> BeginAsync(string name, string contentType, CancellationToken cancellationToken);

    /// <summary>The content of a blob, or of a copy of it; null where it is not there.</summary>
    Task<Stream?> OpenAsync(StoredBlob blob, CancellationToken cancellationToken);

    /// <summary>The blobs that begin with <paramref name="prefix"/>, in order of their names, with their versions and snapshots, and with what was deleted softly.</summary>
    IAsyncEnumerable<StoredBlob> ListBlobsAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>
    /// Deletes the blobs that begin with <paramref name="prefix"/>, and all else that there is of them: versions, snapshots, what was deleted softly, blocks that were never
    /// committed. There need not be any.
    /// </summary>
    Task<PurgedBlobs> PurgeAsync(string prefix, CancellationToken cancellationToken);

    /// <summary>One row; null where there is none with these keys.</summary>
    Task<StoredRow?> GetAsync(string partition, string key, CancellationToken cancellationToken);

    /// <summary>Writes rows, in place of those with the same keys.</summary>
    Task SetAsync(IReadOnlyList<StoredRow> rows, CancellationToken cancellationToken);

    /// <summary>The rows of a partition with keys from <paramref name="from"/> to before <paramref name="before"/>, in order of their keys; null: no bound.</summary>
    IAsyncEnumerable<StoredRow> ListAsync(string partition, string? from, string? before, CancellationToken cancellationToken);

    /// <summary>Deletes rows of a partition. There need not be any.</summary>
    Task DeleteAsync(string partition, IReadOnlyCollection<string> keys, CancellationToken cancellationToken);

    /// <summary>Puts a message into the queue. What it can be withdrawn by; null where there is no queue.</summary>
    Task<string?> SendAsync(BinaryData message, CancellationToken cancellationToken);

    /// <summary>Takes a message out of the queue that nobody has received yet. It need not be there.</summary>
    Task WithdrawAsync(string receipt, CancellationToken cancellationToken);
}
