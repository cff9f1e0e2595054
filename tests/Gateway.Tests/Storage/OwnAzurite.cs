using Tests.Shared.Azurite;

namespace Gateway.Tests.Storage;

/// <summary>An Azurite for one class of tests, which looks at the whole account.</summary>
public sealed class OwnAzurite : IAsyncLifetime
{
    private AzuriteProcess? _process;

    public string ConnectionString => _process!.ConnectionString;

    public async ValueTask InitializeAsync() => _process = await AzuriteProcess.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_process is not null) await _process.DisposeAsync();
    }
}
