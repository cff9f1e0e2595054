namespace Infra.Tests.Bicep;

public sealed class BuildTests
{
    public static TheoryData<string> Entries => ["infra/main.bicep", "infra/secret.bicep"];

    [Theory]
    [MemberData(nameof(Entries))]
    public async Task Bicep_Built_ReportsNothing(string file)
    {
        using var folder = TemporaryFolder.WithInfra();

        var result = await BicepCli.RunAsync("build", folder.PathOf(file), "--stdout");

        Assert.Equal("", result.Error);
        Assert.Equal(0, result.ExitCode);
    }

    [Theory]
    [MemberData(nameof(Entries))]
    public async Task Bicep_Linted_ReportsNothing(string file)
    {
        using var folder = TemporaryFolder.WithInfra();

        var result = await BicepCli.RunAsync("lint", folder.PathOf(file));

        Assert.Equal("", result.All);
        Assert.Equal(0, result.ExitCode);
    }

    // Else what is built and linted here would not be what is deployed.
    [Fact]
    public void Copy_OfTheFolder_DiffersByTheSettingsAlone()
    {
        using var folder = TemporaryFolder.WithInfra("planted");
        static string[] Files(string root) => [.. Directory.EnumerateFiles(Path.Combine(root, "infra"), "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(root, file)).Order(StringComparer.Ordinal)];

        Assert.Equal(Files(Repository.Root), Files(folder.Root));
        Assert.Equal(Path.Combine("infra", "settings.json"), Assert.Single(Files(folder.Root), file => Repository.Read(file) != File.ReadAllText(folder.PathOf(file))));
    }

    [Fact]
    public async Task Files_Formatted_StayAsTheyAre()
    {
        using var folder = new TemporaryFolder();
        var files = Directory.EnumerateFiles(Repository.PathOf("infra"), "*.bicep", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Repository.PathOf("tests/Infra.Tests/Snapshots"), "*.bicepparam")).ToList();
        var copies = files.ConvertAll(file => folder.Write(Path.GetRelativePath(Repository.Root, file), File.ReadAllText(file)));
        var planted = folder.Write("planted.bicep", "param   planted    string\n");

        foreach (var pattern in (string[])["**/*.bicep", "**/*.bicepparam"])
        {
            Assert.Equal(0, (await BicepCli.RunAsync("format", "--pattern", $"{folder.Root}/{pattern}")).ExitCode);
        }

        Assert.All(files.Zip(copies), file => Assert.Equal(File.ReadAllText(file.First), File.ReadAllText(file.Second)));
        Assert.Equal("param planted string\n", await File.ReadAllTextAsync(planted, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Linter_UnusedParameter_IsFound()
    {
        using var folder = new TemporaryFolder();
        folder.Write("bicepconfig.json", Repository.Read("infra/bicepconfig.json"));
        var file = folder.Write("planted.bicep", "param unused string\n");

        var result = await BicepCli.RunAsync("lint", file);

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("no-unused-params", result.All, StringComparison.Ordinal);
    }
}
