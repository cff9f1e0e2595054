namespace Gateway.Tests.Storage;

/// <summary>An empty folder, for as long as it is needed.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-");

    public string Path => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);
}
