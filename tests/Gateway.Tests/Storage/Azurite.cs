using Gateway.Tests.Storage;
using Tests.Shared.Azurite;

[assembly: AssemblyFixture(typeof(Azurite))]

namespace Gateway.Tests.Storage;

/// <summary>Azure Storage on this machine, a process for all tests. Who needs it takes containers and tables of their own.</summary>
public sealed class Azurite : IAsyncDisposable
{
    private readonly Lazy<Task<AzuriteProcess>> _process = new(() => AzuriteProcess.StartAsync());

    public async Task<string> ConnectionStringAsync() => (await _process.Value).ConnectionString;

    public async ValueTask DisposeAsync()
    {
        if (_process is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }) await (await _process.Value).DisposeAsync();
    }
}
