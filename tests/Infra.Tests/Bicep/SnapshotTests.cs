namespace Infra.Tests.Bicep;

/// <summary>What a deployment would create is in the repository, so that a review sees every change of it.</summary>
/// <remarks>To accept a change: <c>bicep snapshot tests/Infra.Tests/Snapshots/minimal.bicepparam --mode overwrite</c> with the ids of <see cref="BicepCli"/>.</remarks>
public sealed class SnapshotTests
{
    public static TheoryData<string> Names => ["minimal", "two-region", "private-network"];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Deployment_Evaluated_IsTheSnapshot(string name)
    {
        using var folder = TemporaryFolder.WithInfra();
        string[] files = [$"tests/Infra.Tests/Snapshots/{name}.bicepparam", $"tests/Infra.Tests/Snapshots/{name}.snapshot.json"];
        foreach (var file in files) folder.Write(file, Repository.Read(file));

        var result = await BicepCli.SnapshotAsync(folder.PathOf(files[0]), "validate");

        Assert.True(result.ExitCode == 0, result.All);
    }

    [Fact]
    public async Task Snapshot_OfSomethingElse_IsRefused()
    {
        using var folder = new TemporaryFolder();
        folder.Write("planted.bicep", "resource s 'Microsoft.Storage/storageAccounts@2025-06-01' = {\n  name: 'planted'\n  location: resourceGroup().location\n  kind: 'StorageV2'\n  sku: { name: 'Standard_LRS' }\n}\n");
        var parameters = folder.Write("planted.bicepparam", "using 'planted.bicep'\n");
        Assert.Equal(0, (await BicepCli.SnapshotAsync(parameters, "overwrite")).ExitCode);
        folder.Write("planted.bicep", File.ReadAllText(folder.PathOf("planted.bicep")).Replace("Standard_LRS", "Standard_GRS", StringComparison.Ordinal));

        var result = await BicepCli.SnapshotAsync(parameters, "validate");

        Assert.NotEqual(0, result.ExitCode);
    }
}
