using System.Globalization;
using System.Text;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Queues;

namespace Gateway.Tests.Privacy;

/// <summary>Everything that a storage holds, to the last byte: of an account all containers, tables and queues; of a folder all files. By name, with the content.</summary>
internal static class WholeStorage
{
    private const BlobStates Everything = BlobStates.Snapshots | BlobStates.Deleted | BlobStates.Version | BlobStates.Uncommitted;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<SortedDictionary<string, string>> ReadAccountAsync(string connectionString)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var blobs = new BlobServiceClient(connectionString);
        await foreach (var container in blobs.GetBlobContainersAsync(cancellationToken: Ct))
        {
            var client = blobs.GetBlobContainerClient(container.Name);
            await foreach (var blob in client.GetBlobsAsync(new GetBlobsOptions { States = Everything }, Ct)) found[$"blob {blob.Name} {blob.VersionId} {blob.Snapshot}"] = await ContentAsync(client.GetBlobClient(blob.Name));
        }

        var tables = new TableServiceClient(connectionString);
        await foreach (var table in tables.QueryAsync(cancellationToken: Ct))
        {
            await foreach (var row in tables.GetTableClient(table.Name).QueryAsync<TableEntity>(cancellationToken: Ct))
                found[$"row {row.PartitionKey} {row.RowKey}"] = string.Join('\n', row.Select(column => string.Create(CultureInfo.InvariantCulture, $"{column.Key}={column.Value}")).Order(StringComparer.Ordinal));
        }

        var queues = new QueueServiceClient(connectionString);
        await foreach (var queue in queues.GetQueuesAsync(cancellationToken: Ct))
        {
            foreach (var message in (await queues.GetQueueClient(queue.Name).PeekMessagesAsync(32, Ct)).Value) found[$"message {message.MessageId}"] = message.MessageText;
        }

        return found;
    }

    public static async Task<SortedDictionary<string, string>> ReadFolderAsync(string folder)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        // Empty folders as well: their names tell of what was in them.
        foreach (var entry in Directory.GetFileSystemEntries(folder, "*", SearchOption.AllDirectories))
            found[Path.GetRelativePath(folder, entry)] = File.Exists(entry) ? Encoding.Latin1.GetString(await File.ReadAllBytesAsync(entry, Ct)) : "";
        return found;
    }

    private static async Task<string> ContentAsync(BlobClient blob) =>
        // What was never committed is listed, and cannot be read.
        await blob.ExistsAsync(Ct) ? Encoding.Latin1.GetString((await blob.DownloadContentAsync(Ct)).Value.Content.ToArray()) : "uncommitted";
}
