using System.Reflection;
using System.Text.Json.Nodes;

namespace Infra.Tests.Bicep;

/// <summary>The real Bicep CLI, from its NuGet package. Tests that need it are skipped where it cannot be had.</summary>
internal static class BicepCli
{
    // Deployments in a snapshot belong to nobody: ids and names are computed from these.
    private static readonly string[] Scope =
    [
        "--subscription-id", "00000000-0000-0000-0000-000000000001",
        "--tenant-id", "00000000-0000-0000-0000-000000000002",
        "--location", "swedencentral",
        "--deployment-name", "snapshot",
    ];

    private static readonly Lazy<Task<JsonObject>> Main = new(() => CompileAsync("infra/main.bicep"));

    private static readonly Lazy<Task<JsonObject>> Secret = new(() => CompileAsync("infra/secret.bicep"));

    /// <summary>infra/main.bicep as the Resource Manager template that is deployed.</summary>
    public static async Task<JsonObject> MainTemplateAsync() => (JsonObject)(await Main.Value).DeepClone();

    /// <summary>infra/secret.bicep, likewise.</summary>
    public static async Task<JsonObject> SecretTemplateAsync() => (JsonObject)(await Secret.Value).DeepClone();

    public static Task<ToolResult> RunAsync(params IEnumerable<string> arguments) => Tool.RunAsync(FindOrSkip(), arguments);

    public static Task<ToolResult> SnapshotAsync(string parameters, string mode) =>
        RunAsync(["snapshot", parameters, "--mode", mode, .. Scope]);

    private static async Task<JsonObject> CompileAsync(string file)
    {
        using var folder = TemporaryFolder.WithInfra();
        var result = await RunAsync("build", folder.PathOf(file), "--stdout");
        Assert.Equal(0, result.ExitCode);
        return (JsonObject)JsonNode.Parse(result.Output)!;
    }

    private static string FindOrSkip()
    {
        var path = Assembly.GetExecutingAssembly().GetCustomAttributes<AssemblyMetadataAttribute>()
            .FirstOrDefault(a => a.Key == "BicepPath")?.Value;
        Assert.SkipUnless(File.Exists(path), "The Bicep CLI of this platform was not restored.");
        return path!;
    }
}
