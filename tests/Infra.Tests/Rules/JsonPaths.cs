using System.Text.Json.Nodes;

namespace Infra.Tests.Rules;

/// <summary>Values of a JSON document by a path of names and indexes, divided by slashes.</summary>
internal static class JsonPaths
{
    public static JsonNode? At(this JsonNode? node, string path) =>
        path.Split('/').Aggregate(node, (at, name) => at switch
        {
            JsonObject o => o[name],
            JsonArray a when int.TryParse(name, out var i) && i < a.Count => a[i],
            _ => null,
        });

    public static string Text(this JsonNode? node, string path) => node.At(path)?.ToString() ?? "";


    public static void Drop(this JsonNode node, string path)
    {
        var names = path.Split('/');
        var parent = names.Length == 1 ? node : node.At(string.Join('/', names[..^1]));
        (parent as JsonObject)?.Remove(names[^1]);
    }

    public static IEnumerable<string> Strings(this JsonNode? node) => node switch
    {
        JsonObject o => o.SelectMany(p => p.Value.Strings()),
        JsonArray a => a.SelectMany(Strings),
        JsonValue v when v.TryGetValue<string>(out var text) => [text],
        _ => [],
    };
}
