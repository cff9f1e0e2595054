using Gateway.Storage;

namespace Gateway.Tests.Storage;

/// <summary>An empty storage of its own.</summary>
internal sealed class TemporaryStorage : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SocketsHttpHandler _handler = new() { UseProxy = false };

    private TemporaryStorage(string? connectionString)
    {
        var name = "t" + Guid.NewGuid().ToString("N");
        Storage = connectionString is null
            ? new FileStorage(_folder.Path)
            : AzureStorage.Create(new StorageOptions { ConnectionString = connectionString, Container = name, Table = name }, static () => throw new InvalidOperationException(), _handler, TimeProvider.System);
    }

    public IStorage Storage { get; }

    public string Folder => _folder.Path;

    public static async Task<TemporaryStorage> CreateAsync(Azurite azurite, StoragePlace place) => new(place == StoragePlace.Azurite ? await azurite.ConnectionStringAsync() : null);

    public ValueTask DisposeAsync()
    {
        _handler.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
