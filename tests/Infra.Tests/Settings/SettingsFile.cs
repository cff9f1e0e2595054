using System.Text.Json;

namespace Infra.Tests.Settings;

/// <summary>What is wrong with the text of infra/settings.json, whatever the settings are: the template's compiler speaks of main.bicep, or takes it without a word.</summary>
internal static class SettingsFile
{
    // What the compiler takes, too.
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    public static IEnumerable<string> Flaws(string text)
    {
        try
        {
            using var file = JsonDocument.Parse(text, Lenient);
            return file.RootElement.ValueKind == JsonValueKind.Object
                ? [.. file.RootElement.EnumerateObject().Select(Flaw).OfType<string>(), .. Repeated(file.RootElement)]
                : ["infra/settings.json must be an object: { \"Webhooks__Enabled\": \"true\" }."];
        }
        catch (JsonException e)
        {
            return [$"infra/settings.json is not valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1})."];
        }
    }

    private static string? Flaw(JsonProperty setting) => setting.Value.ValueKind switch
    {
        JsonValueKind.String => null,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => $"infra/settings.json: {setting.Name} must be a text: \"{setting.Value.GetRawText()}\".",
        JsonValueKind.Null => $"infra/settings.json: {setting.Name} must be a text; leave out what is not set.",
        _ => $"infra/settings.json: {setting.Name} must be a text; two underscores divide levels, as in Webhooks__Enabled.",
    };

    private static IEnumerable<string> Repeated(JsonElement settings) =>
        settings.EnumerateObject().GroupBy(setting => setting.Name, StringComparer.OrdinalIgnoreCase).Where(same => same.Count() > 1)
            .Select(same => $"infra/settings.json: {same.Key} stands there {same.Count()} times{(same.All(s => s.Name == same.Key) ? "" : $", as {same.First(s => s.Name != same.Key).Name} too")}; the last would win.");
}
