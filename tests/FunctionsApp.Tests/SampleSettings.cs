using System.Text.Json;

namespace FunctionsApp.Tests;

/// <summary>local.settings.sample.json, which people copy to local.settings.json.</summary>
internal static class SampleSettings
{
    public static JsonElement File { get; } = JsonDocument.Parse(Repository.Read("local.settings.sample.json")).RootElement;

    /// <summary>What func makes environment variables of.</summary>
    public static IReadOnlyDictionary<string, string> Values { get; } =
        File.GetProperty(nameof(Values)).EnumerateObject().ToDictionary(value => value.Name, value => value.Value.GetString()!);
}
