using Azure.Storage.Queues;
using Gateway.Storage;

namespace Gateway.Tests.Storage;

/// <summary>An empty storage of its own.</summary>
internal sealed class TemporaryStorage : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SocketsHttpHandler _handler = new() { UseProxy = false };

    private TemporaryStorage(string? connectionString, bool hasQueue)
    {
        var name = "t" + Guid.NewGuid().ToString("N");
        if (hasQueue) Queue = new QueueClient(connectionString, name);
        Storage = connectionString is null
            ? new FileStorage(_folder.Path)
            : AzureStorage.Create(new StorageOptions { ConnectionString = connectionString, Container = name, Table = name, Queue = Queue?.Name }, static () => throw new InvalidOperationException(), _handler, TimeProvider.System);
    }

    public IStorage Storage { get; }

    public string Folder => _folder.Path;

    /// <summary>Its queue; null where it has none.</summary>
    public QueueClient? Queue { get; }

    public static async Task<TemporaryStorage> CreateAsync(Azurite azurite, StoragePlace place, bool hasQueue = false) =>
        new(place == StoragePlace.Azurite ? await azurite.ConnectionStringAsync() : null, hasQueue);

    /// <summary>How many messages are in its queue.</summary>
    public async Task<int> MessagesAsync() => (await Queue!.PeekMessagesAsync(32, TestContext.Current.CancellationToken)).Value.Length;

    public ValueTask DisposeAsync()
    {
        _handler.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
