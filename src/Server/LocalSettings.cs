using System.Text.Json;

namespace Server;

/// <summary>Reads the settings of the Functions app, so that both are configured in one file.</summary>
internal static class LocalSettings
{
    /// <summary>Adds the <c>Values</c> of the nearest <c>local.settings.json</c> above this folder; environment variables and the command line win.</summary>
    public static void AddTo(ConfigurationManager configuration)
    {
        if (Find() is not { } path) return;

        using var settings = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        if (!settings.RootElement.TryGetProperty("Values", out var values)) return;
        var source = new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource
        {
            InitialData = values.EnumerateObject().Select(static value => KeyValuePair.Create(value.Name.Replace("__", ":", StringComparison.Ordinal), (string?)value.Value.ToString())).ToArray(),
        };
        // First, so that everything else wins. The data is read when the source is added.
        configuration.Sources.Insert(0, source);
    }

    private static string? Find()
    {
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "local.settings.json");
            if (File.Exists(path)) return path;
            // The repository's own, not one of whatever stands above it.
            if (File.Exists(Path.Combine(folder.FullName, "FunctionsApp.sln"))) return null;
        }

        return null;
    }
}
