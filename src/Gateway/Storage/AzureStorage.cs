using System.Net;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Azure.Storage.Queues;

namespace Gateway.Storage;

/// <summary>A storage account. Container, table and queue are made at their first use, where they are absent, and again when they were deleted meanwhile.</summary>
internal sealed class AzureStorage : IStorage
{
    private const string ExpiresColumn = "Expires";

    private const int DeletionsAtOnce = 16;

    private readonly BlobContainerClient _container;
    private readonly AzureBlobPurge _purge;
    private readonly TableServiceClient _tables;
    private readonly TableClient _table;
    private readonly QueueClient? _queue;
    private Task? _made;

    private AzureStorage(Func<BlobClientOptions, BlobContainerClient> containers, Func<BlobClientOptions> blobs, TableServiceClient tables, string table, QueueClient? queue, TimeProvider time)
    {
        var permanent = blobs();
        permanent.AddPolicy(new PermanentDeletion(), HttpPipelinePosition.PerCall);
        _container = containers(blobs());
        _purge = new AzureBlobPurge(_container, containers(permanent), time);
        (_tables, _table, _queue) = (tables, tables.GetTableClient(table), queue);
    }

    /// <param name="options">Which account.</param>
    /// <param name="credential">The process's identity, where no connection string is given.</param>
    /// <param name="handler">Carries the requests.</param>
    /// <param name="time">The clock.</param>
    /// <param name="networkTimeout">How long one try of a request may take; null: ten seconds.</param>
    public static AzureStorage Create(StorageOptions options, Func<TokenCredential> credential, HttpMessageHandler handler, TimeProvider time, TimeSpan? networkTimeout = null)
    {
        var transport = new HttpClientTransport(handler);
        var longest = networkTimeout ?? TimeSpan.FromSeconds(10);
        var tables = With(new TableClientOptions(), transport, longest);
        // As it stands: what reads it (Logic Apps, n8n) expects no base64.
        var queues = With(new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None }, transport, longest);
        if (options.Uri is not { } uri)
        {
            return new AzureStorage(
                blobs => new BlobContainerClient(options.ConnectionString, options.Container, blobs),
                () => With(new BlobClientOptions(), transport, longest),
                new TableServiceClient(options.ConnectionString, tables),
                options.Table,
                options.Queue is { } local ? new QueueClient(options.ConnectionString, local, queues) : null,
                time);
        }

        var identity = credential();
        return new AzureStorage(
            blobs => new BlobServiceClient(uri, identity, blobs).GetBlobContainerClient(options.Container),
            () => With(new BlobClientOptions(), transport, longest),
            new TableServiceClient(Of(uri, "table"), identity, tables),
            options.Table,
            options.Queue is { } queue ? new QueueServiceClient(Of(uri, "queue"), identity, queues).GetQueueClient(queue) : null,
            time);
    }

    public async Task<IBlobUpload> BeginAsync(string name, string contentType, CancellationToken cancellationToken)
    {
        await MadeAsync(cancellationToken);
        return new AzureBlobUpload(this, _container.GetBlockBlobClient(name), contentType);
    }

    public Task<Stream?> OpenAsync(StoredBlob blob, CancellationToken cancellationToken) => TryAsync<Stream?>(
        async () =>
        {
            try
            {
                return await AzureBlobPurge.Client(_container, blob.Name, blob.Version, blob.Snapshot).OpenReadAsync(cancellationToken: cancellationToken);
            }
            catch (RequestFailedException e) when (e.Status == (int)HttpStatusCode.NotFound)
            {
                return null;
            }
        },
        cancellationToken);

    public async IAsyncEnumerable<StoredBlob> ListBlobsAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await MadeAsync(cancellationToken);
        await using var blobs = _container.GetBlobsAsync(new GetBlobsOptions { Prefix = prefix, States = BlobStates.Version | BlobStates.Snapshots | BlobStates.Deleted }, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await TryAsync(async () => await blobs.MoveNextAsync(), cancellationToken)) yield return Blob(blobs.Current);
    }

    public async Task<PurgedBlobs> PurgeAsync(string prefix, CancellationToken cancellationToken)
    {
        await MadeAsync(cancellationToken);
        return await TryAsync(() => _purge.DeleteAsync(prefix, cancellationToken), cancellationToken);
    }

    public async Task<StoredRow?> GetAsync(string partition, string key, CancellationToken cancellationToken)
    {
        await MadeAsync(cancellationToken);
        var found = await TryAsync(() => _table.GetEntityIfExistsAsync<TableEntity>(partition, key, cancellationToken: cancellationToken), cancellationToken);
        return found.HasValue ? Row(found.Value!) : null;
    }

    public async Task SetAsync(IReadOnlyList<StoredRow> rows, CancellationToken cancellationToken)
    {
        await MadeAsync(cancellationToken);
        await TryAsync(
            async () =>
            {
                await Task.WhenAll(rows.Select(row => _table.UpsertEntityAsync(Entity(row), TableUpdateMode.Replace, cancellationToken)));
                return true;
            },
            cancellationToken);
    }

    public async IAsyncEnumerable<StoredRow> ListAsync(string partition, string? from, string? before, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await MadeAsync(cancellationToken);
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {partition}");
        if (from is not null) filter += " and " + TableClient.CreateQueryFilter($"RowKey ge {from}");
        if (before is not null) filter += " and " + TableClient.CreateQueryFilter($"RowKey lt {before}");
        await using var entities = _table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await TryAsync(async () => await entities.MoveNextAsync(), cancellationToken)) yield return Row(entities.Current);
    }

    public async Task DeleteAsync(string partition, IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        await MadeAsync(cancellationToken);
        // Not as one transaction, which fails as a whole where one of them is not there.
        await Parallel.ForEachAsync(
            keys,
            new ParallelOptions { MaxDegreeOfParallelism = DeletionsAtOnce, CancellationToken = cancellationToken },
            async (key, token) => await TryAsync(() => _table.DeleteEntityAsync(partition, key, cancellationToken: token), cancellationToken));
    }

    public async Task<string?> SendAsync(BinaryData message, CancellationToken cancellationToken)
    {
        if (_queue is null) return null;
        var sent = await TryAsync(() => _queue.SendMessageAsync(message, cancellationToken: cancellationToken), cancellationToken);
        return $"{sent.Value.MessageId} {sent.Value.PopReceipt}";
    }

    public Task WithdrawAsync(string receipt, CancellationToken cancellationToken) => _queue is null || receipt.Split(' ') is not [var id, var pop]
        ? Task.CompletedTask
        : TryAsync(
            async () =>
            {
                try
                {
                    await _queue.DeleteMessageAsync(id, pop, cancellationToken);
                    return true;
                }
                catch (RequestFailedException e) when (e.Status is (int)HttpStatusCode.NotFound or (int)HttpStatusCode.BadRequest)
                {
                    // Somebody has received it: it is theirs, or gone.
                    return false;
                }
            },
            cancellationToken);

    /// <summary>Runs a call of the SDK, and makes one failure of all that it may throw.</summary>
    internal async Task<T> TryAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (IsFailure(e) && !(e is OperationCanceledException && cancellationToken.IsCancellationRequested))
        {
            // Deleted meanwhile: the next request makes it again.
            if (e is RequestFailedException { ErrorCode: "ContainerNotFound" or "TableNotFound" or "QueueNotFound" }) _made = null;
            throw new StorageUnavailableException(Describe(e), e) { IsRefusal = e is RequestFailedException { Status: (int)HttpStatusCode.Conflict or (int)HttpStatusCode.PreconditionFailed } };
        }
        catch (AggregateException e) when (e.Flatten().InnerExceptions is [.., var last] tries && tries.All(IsFailure))
        {
            // All tries have failed, or its caller has ended the last one.
            cancellationToken.ThrowIfCancellationRequested();
            throw new StorageUnavailableException(Describe(last), e);
        }
    }

    // A try that takes too long ends as if somebody had cancelled it, and nobody has.
    private static bool IsFailure(Exception exception) => exception is RequestFailedException or AuthenticationFailedException or IOException or OperationCanceledException;

    // Messages stay out: they hold names of hosts and of blobs.
    private static string Describe(Exception exception) => exception switch
    {
        RequestFailedException { Status: 0 } => "Storage: cannot be reached",
        RequestFailedException { Status: 403 } =>
            "Storage: access denied (the identity needs the roles Storage Blob Data Contributor and Storage Table Data Contributor, and for a queue Storage Queue Data Contributor)",
        RequestFailedException failed => $"Storage: failing (HTTP {failed.Status}, {failed.ErrorCode})",
        OperationCanceledException => "Storage: no answer in time",
        AuthenticationFailedException => "Storage: the identity got no token",
        _ => $"Storage: unexpected answer ({exception.GetType().Name})",
    };

    private static T With<T>(T options, HttpPipelineTransport transport, TimeSpan networkTimeout)
        where T : ClientOptions
    {
        options.Transport = transport;
        // A caller waits for the answer, and may come again: two short retries mend a hiccup, and no more.
        options.Retry.MaxRetries = 2;
        options.Retry.Delay = TimeSpan.FromMilliseconds(200);
        options.Retry.MaxDelay = TimeSpan.FromSeconds(1);
        options.Retry.NetworkTimeout = networkTimeout;
        // Names of hosts and of conversations would be in its lines.
        options.Diagnostics.IsLoggingEnabled = false;
        options.Diagnostics.IsLoggingContentEnabled = false;
        options.Diagnostics.IsDistributedTracingEnabled = false;
        return options;
    }

    private static Uri Of(Uri blobs, string service)
    {
        var builder = new UriBuilder(blobs);
        builder.Host = builder.Host.Replace(".blob.", $".{service}.", StringComparison.OrdinalIgnoreCase);
        return builder.Uri;
    }

    private static StoredBlob Blob(BlobItem item) => new(item.Name)
    {
        // The current version has an id as well, and is the blob itself.
        Version = AzureBlobPurge.IsCurrent(item) ? null : AzureBlobPurge.Set(item.VersionId),
        Snapshot = AzureBlobPurge.Set(item.Snapshot),
        IsDeleted = item.Deleted,
        DeletedOn = item.Deleted ? item.Properties.DeletedOn : null,
    };

    private static TableEntity Entity(StoredRow row)
    {
        var entity = new TableEntity(row.Partition, row.Key) { [ExpiresColumn] = row.Expires };
        foreach (var (name, value) in row.Values) entity[name] = value;
        return entity;
    }

    private static StoredRow Row(TableEntity entity) => new(
        entity.PartitionKey,
        entity.RowKey,
        entity.GetDateTimeOffset(ExpiresColumn) ?? DateTimeOffset.MaxValue,
        entity.Where(static column => column is { Value: string, Key: not ("PartitionKey" or "RowKey" or "odata.etag") }).ToDictionary(static column => column.Key, static column => (string)column.Value));

    // Two who come first may both make them: it does no harm. What failed is tried again by the next.
    private async Task MadeAsync(CancellationToken cancellationToken)
    {
        if (_made is { IsCompletedSuccessfully: true }) return;
        var made = MakeAsync(cancellationToken);
        await made;
        _made = made;
    }

    private Task<bool> MakeAsync(CancellationToken cancellationToken) => TryAsync(
        async () =>
        {
            await Task.WhenAll(
                _container.CreateIfNotExistsAsync(cancellationToken: cancellationToken),
                MakeTableAsync(cancellationToken),
                _queue?.CreateIfNotExistsAsync(cancellationToken: cancellationToken) ?? Task.CompletedTask);
            return true;
        },
        cancellationToken);

    // Not by CreateTableIfNotExists: it serializes by reflection, which is off wherever this does not run on Functions.
    private async Task MakeTableAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _tables.CreateTableAsync(_table.Name, cancellationToken);
        }
        catch (RequestFailedException e) when (e.ErrorCode == TableErrorCode.TableAlreadyExists)
        {
            // By the template, or by another instance.
        }
    }
}
