using System.Text.Json;

namespace Server;

/// <summary>Reads the settings of the Functions app, so that both are configured in one file.</summary>
internal static class LocalSettings
{
    /// <summary>Adds the <c>Values</c> of the nearest <c>local.settings.json</c> above this folder; environment variables and the command line win.</summary>
    /// <exception cref="InvalidDataException">The file is not what it should be; the message names it and says where.</exception>
    public static void AddTo(ConfigurationManager configuration)
    {
        if (Find() is not { } path) return;

        using var settings = Read(path);
        if (settings.RootElement.ValueKind != JsonValueKind.Object) throw new InvalidDataException($"{path} must hold a JSON object.");
        if (!settings.RootElement.TryGetProperty("Values", out var values)) throw new InvalidDataException($"{path} has no \"Values\", the object that holds the settings.");
        if (values.ValueKind != JsonValueKind.Object) throw new InvalidDataException($"{path}: \"Values\" must be an object of settings.");
        var source = new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource
        {
            InitialData = values.EnumerateObject().Select(static value => KeyValuePair.Create(value.Name.Replace("__", ":", StringComparison.Ordinal), (string?)value.Value.ToString())).ToArray(),
        };
        // First, so that everything else wins. The data is read when the source is added.
        configuration.Sources.Insert(0, source);
    }

    private static JsonDocument Read(string path)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        }
        catch (JsonException e)
        {
            // Not the exception's own message, which quotes the file: it may hold keys.
            throw new InvalidDataException($"{path} is not valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}).", e);
        }
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
