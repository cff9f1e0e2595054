using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Queues;

namespace Gateway.Tests.Storage;

/// <summary>Everything that can be found in a storage account, in whatever container, table or queue: names of blobs, their snapshots and what was deleted softly, keys of rows, messages.</summary>
internal static class WholeAccount
{
    public static async Task<string[]> ListAsync(string connectionString)
    {
        var ct = TestContext.Current.CancellationToken;
        List<string> found = [];
        var blobs = new BlobServiceClient(connectionString);
        await foreach (var container in blobs.GetBlobContainersAsync(cancellationToken: ct))
        {
            await foreach (var blob in blobs.GetBlobContainerClient(container.Name).GetBlobsAsync(new GetBlobsOptions { States = BlobStates.Snapshots | BlobStates.Deleted }, ct)) found.Add($"{container.Name}/{blob.Name}");
        }

        var tables = new TableServiceClient(connectionString);
        await foreach (var table in tables.QueryAsync(cancellationToken: ct))
        {
            await foreach (var row in tables.GetTableClient(table.Name).QueryAsync<TableEntity>(cancellationToken: ct)) found.Add($"{table.Name}/{row.PartitionKey}/{row.RowKey}");
        }

        var queues = new QueueServiceClient(connectionString);
        await foreach (var queue in queues.GetQueuesAsync(cancellationToken: ct))
        {
            foreach (var message in (await queues.GetQueueClient(queue.Name).PeekMessagesAsync(cancellationToken: ct)).Value) found.Add($"{queue.Name}/{message.MessageId}");
        }

        return [.. found];
    }
}
