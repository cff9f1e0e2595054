using Gateway.Storage;

namespace Server;

/// <summary>Where a development machine with no storage configured keeps what is kept of calls: in Azurite where that is installed, in plain files where not.</summary>
internal sealed class LocalStorage : IAsyncDisposable
{
    private readonly LocalAzurite? _azurite;
    private readonly FileStream? _lock;

    private LocalStorage(string description, LocalAzurite? azurite = null, FileStream? held = null) => (Description, _azurite, _lock) = (description, azurite, held);

    /// <summary>What the start line says of it.</summary>
    public string Description { get; }

    /// <summary>Starts it where it is a process, and writes into the configuration where it is.</summary>
    /// <exception cref="InvalidDataException">Another server has it.</exception>
    public static async Task<LocalStorage> StartAsync(ConfigurationManager configuration)
    {
        var folder = DevelopmentDefaults.CallsFolder;
        if (LocalAzurite.Find() is not { } script)
        {
            DevelopmentDefaults.UseFolder(configuration, folder);
            return new LocalStorage($"the folder {folder}");
        }

        var data = Path.Combine(folder, "azurite");
        var held = Lock(data);
        var azurite = new LocalAzurite(script, data);
        try
        {
            await azurite.StartAsync(CancellationToken.None);
        }
        catch
        {
            await azurite.DisposeAsync();
            await held.DisposeAsync();
            throw;
        }

        DevelopmentDefaults.UseAzurite(configuration, azurite.ConnectionString);
        var left = Directory.Exists(Path.Combine(folder, "index")) ? $". The plain files of earlier starts, in {folder}, are neither read nor deleted" : "";
        return new LocalStorage($"Azurite ({azurite.Endpoint("Blob")}), whose data is in the folder {data}{left}", azurite, held);
    }

    public async ValueTask DisposeAsync()
    {
        if (_azurite is not null) await _azurite.DisposeAsync();
        if (_lock is not null) await _lock.DisposeAsync();
    }

    // Azurite itself lets a second one write over what the first has written.
    private static FileStream Lock(string folder)
    {
        PrivateFiles.MakeFolder(folder);
        try
        {
            return PrivateFiles.Open(Path.Combine(folder, "lock"), FileMode.OpenOrCreate);
        }
        catch (IOException e)
        {
            throw new InvalidDataException($"Another server has Azurite's data in {folder}. Stop it, or set Storage__ConnectionString or Storage__Folder.", e);
        }
    }
}
