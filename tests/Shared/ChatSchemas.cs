using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using NJsonSchema;

namespace Shared;

/// <summary>
/// The vendors' schemas of chat completions. They are not part of the repository: where the folder beside it is absent, the tests skip.
/// </summary>
internal sealed class ChatSchemas
{
    private static readonly ConcurrentDictionary<string, Lazy<Task<ChatSchemas>>> Loaded = new();

    private readonly JsonSchema _root;

    private ChatSchemas(JsonSchema root) => _root = root;

    /// <summary>Azure's schema, or a skipped test.</summary>
    public static Task<ChatSchemas> AzureAsync() => GetAsync("azure-subset.openapi.json");

    /// <summary>OpenAI's schema, or a skipped test.</summary>
    public static Task<ChatSchemas> OpenAIAsync() => GetAsync("openai-subset.openapi.json");

    /// <summary>What is wrong with the JSON, as paths and kinds; empty: nothing.</summary>
    public IReadOnlyList<string> Validate(string schema, string json) => [.. _root.Definitions[schema].Validate(json).SelectMany(Describe)];

    private static IEnumerable<string> Describe(NJsonSchema.Validation.ValidationError error) => error is NJsonSchema.Validation.ChildSchemaValidationError child
        ? [$"{error.Path}: {error.Kind}", .. child.Errors.SelectMany(pair => pair.Value).SelectMany(Describe)]
        : [$"{error.Path}: {error.Kind}"];

    private static Task<ChatSchemas> GetAsync(string file)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "FunctionsApp.sln")))
            root = root.Parent;
        var path = Path.Combine(root?.Parent?.FullName ?? "", "shared", "schemas", file);
        if (!File.Exists(path))
            Assert.Skip($"The schema {file} is not beside the repository (../shared/schemas).");
        return Loaded.GetOrAdd(path, path => new(() => LoadAsync(path))).Value;
    }

    private static async Task<ChatSchemas> LoadAsync(string path)
    {
        // A validator of JSON Schema knows neither OpenAPI's place for definitions nor its 'nullable'.
        var schemas = JsonNode.Parse(await File.ReadAllTextAsync(path))!["components"]!["schemas"]!.DeepClone();
        Translate(schemas);
        var text = new JsonObject { ["definitions"] = schemas }.ToJsonString().Replace("#/components/schemas/", "#/definitions/", StringComparison.Ordinal);
        return new(await JsonSchema.FromJsonAsync(text));
    }

    private static void Translate(JsonNode? node)
    {
        if (node is JsonArray array)
            foreach (var item in array)
                Translate(item);
        if (node is not JsonObject schema)
            return;
        foreach (var (_, value) in schema.ToList())
            Translate(value);
        // Azure's schema requires members of the chunk's 'object', which is a string.
        if (schema["type"] is JsonValue type && type.TryGetValue<string>(out var name) && name == "string")
            schema.Remove("required");
        if (schema["nullable"] is not JsonValue nullable || !nullable.TryGetValue<bool>(out var isNullable) || !isNullable)
            return;
        schema.Remove("nullable");
        var original = schema.DeepClone();
        schema.Clear();
        schema["anyOf"] = new JsonArray(original, new JsonObject { ["type"] = "null" });
    }
}
