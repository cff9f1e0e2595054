using Server;

namespace Tests.Shared.Azurite;

/// <summary>An Azurite with a folder of its own, which is gone with it.</summary>
internal sealed class AzuriteProcess : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("azurite-");
    private readonly LocalAzurite _azurite;

    private AzuriteProcess(string script) => _azurite = new LocalAzurite(script, _folder.FullName);

    public string ConnectionString => _azurite.ConnectionString;

    /// <summary>Starts one, or skips the test where it is not installed.</summary>
    public static async Task<AzuriteProcess> StartAsync()
    {
        var script = LocalAzurite.Find();
        Assert.SkipWhen(script is null, "Azurite is not installed. With Node 20 or later: npm ci --prefix tests/azurite");
        var azurite = new AzuriteProcess(script!);
        await azurite._azurite.StartAsync(TestContext.Current.CancellationToken);
        return azurite;
    }

    public async ValueTask DisposeAsync()
    {
        await _azurite.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
