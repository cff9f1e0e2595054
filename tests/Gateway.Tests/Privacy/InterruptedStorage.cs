using Gateway.Storage;

namespace Gateway.Tests.Privacy;

/// <summary>A storage in which something else happens just before one of the steps of whoever uses it.</summary>
/// <param name="storage">Where it is kept.</param>
/// <param name="moment">Before which step, from 0.</param>
/// <param name="other">What happens.</param>
internal sealed class InterruptedStorage(IStorage storage, int moment, Func<Task> other) : IStorage
{
    private int _steps;

    /// <summary>Whether it has happened: there were as many steps.</summary>
    public bool WasInterrupted => _steps > moment;

    /// <summary>The step that it happened before, where that is a look at a row: <c>get</c> and the partition.</summary>
    public string? Interrupted { get; private set; }

    public async Task<IBlobUpload> BeginAsync(string name, string contentType, CancellationToken cancellationToken)
    {
        await StepAsync();
        return new Upload(this, await storage.BeginAsync(name, contentType, cancellationToken));
    }

    public async Task<Stream?> OpenAsync(StoredBlob blob, CancellationToken cancellationToken)
    {
        await StepAsync();
        return await storage.OpenAsync(blob, cancellationToken);
    }

    public async IAsyncEnumerable<StoredBlob> ListBlobsAsync(string prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await StepAsync();
        await foreach (var blob in storage.ListBlobsAsync(prefix, cancellationToken)) yield return blob;
    }

    public async Task<PurgedBlobs> PurgeAsync(string prefix, CancellationToken cancellationToken)
    {
        await StepAsync();
        return await storage.PurgeAsync(prefix, cancellationToken);
    }

    public async Task<StoredRow?> GetAsync(string partition, string key, CancellationToken cancellationToken)
    {
        if (_steps == moment) Interrupted = $"get {partition}";
        await StepAsync();
        return await storage.GetAsync(partition, key, cancellationToken);
    }

    public async Task SetAsync(IReadOnlyList<StoredRow> rows, CancellationToken cancellationToken)
    {
        // They are written beside each other: each may be there before the next.
        foreach (var row in rows)
        {
            await StepAsync();
            await storage.SetAsync([row], cancellationToken);
        }
    }

    public async IAsyncEnumerable<StoredRow> ListAsync(string partition, string? from, string? before, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await StepAsync();
        await foreach (var row in storage.ListAsync(partition, from, before, cancellationToken)) yield return row;
    }

    public async Task DeleteAsync(string partition, IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        await StepAsync();
        await storage.DeleteAsync(partition, keys, cancellationToken);
    }

    public async Task<string?> SendAsync(BinaryData message, CancellationToken cancellationToken)
    {
        await StepAsync();
        return await storage.SendAsync(message, cancellationToken);
    }

    public async Task WithdrawAsync(string receipt, CancellationToken cancellationToken)
    {
        await StepAsync();
        await storage.WithdrawAsync(receipt, cancellationToken);
    }

    private Task StepAsync() => Interlocked.Increment(ref _steps) == moment + 1 ? other() : Task.CompletedTask;

    private sealed class Upload(InterruptedStorage owner, IBlobUpload upload) : IBlobUpload
    {
        public async Task StageAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            await owner.StepAsync();
            await upload.StageAsync(bytes, cancellationToken);
        }

        public async Task CommitAsync(CancellationToken cancellationToken)
        {
            await owner.StepAsync();
            await upload.CommitAsync(cancellationToken);
        }

        public ValueTask DisposeAsync() => upload.DisposeAsync();
    }
}
