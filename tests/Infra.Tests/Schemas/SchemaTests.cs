using System.Text.Json.Nodes;
using NJsonSchema;
using YamlDotNet.RepresentationModel;

namespace Infra.Tests.Schemas;

/// <summary>azure.yaml and host.json against the schemas of their makers, which lie beside the repository.</summary>
public sealed class SchemaTests
{
    private static readonly string[] AzureYamlKeys =
        ["name", "resourceGroup", "metadata", "infra", "services", "resources", "pipeline", "hooks", "requiredVersions", "state", "platform", "workflows", "cloud"];

    [Fact]
    public async Task AzureYaml_Shipped_IsOfItsSchema() =>
        Assert.Empty(await ViolationsAsync("azure.yaml.schema.json", AzureYaml()));

    [Fact]
    public async Task HostJson_Shipped_IsOfItsSchema() =>
        Assert.Empty(await ViolationsAsync("host.schema.json", JsonNode.Parse(Repository.Read("host.json"))!));

    [Theory]
    [InlineData("services", """{"api":{"language":"dotnet","project":"src"}}""")]
    [InlineData("services", """{"api":{"host":"function","project":5}}""")]
    [InlineData("hooks", """{"preprovision":{"run":5}}""")]
    [InlineData("name", "5")]
    public async Task AzureYaml_Planted_IsRefused(string key, string value)
    {
        var planted = AzureYaml();
        planted[key] = JsonNode.Parse(value);

        Assert.NotEmpty(await ViolationsAsync("azure.yaml.schema.json", planted));
    }

    [Theory]
    [InlineData("functionTimeout", "\"soon\"")]
    [InlineData("logging", """{"logLevel":{"default":"Chatty"}}""")]
    [InlineData("extensions", """{"http":{"routePrefix":5}}""")]
    public async Task HostJson_Planted_IsRefused(string key, string value)
    {
        var planted = JsonNode.Parse(Repository.Read("host.json"))!;
        planted[key] = JsonNode.Parse(value);

        Assert.NotEmpty(await ViolationsAsync("host.schema.json", planted));
    }

    // Its schema lets unknown keys pass at the top.
    [Fact]
    public void AzureYaml_Keys_AreKnown() => Assert.Empty(AzureYaml().Select(p => p.Key).Except(AzureYamlKeys));

    [Fact]
    public void AzureYaml_Hooks_AreThereForBothShells() => Assert.All((JsonObject)AzureYaml()["hooks"]!, hook =>
    {
        Assert.Equal(("sh", $"./infra/hooks/{hook.Key}.sh"), ((string?)hook.Value!["posix"]!["shell"], (string?)hook.Value["posix"]!["run"]));
        Assert.Equal(("pwsh", $"./infra/hooks/{hook.Key}.ps1"), ((string?)hook.Value["windows"]!["shell"], (string?)hook.Value["windows"]!["run"]));
        Assert.True(File.Exists(Repository.PathOf($"infra/hooks/{hook.Key}.sh")));
        Assert.True(File.Exists(Repository.PathOf($"infra/hooks/{hook.Key}.ps1")));
    });

    private static JsonObject AzureYaml()
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Repository.Read("azure.yaml")));
        return (JsonObject)Node(yaml.Documents[0].RootNode)!;
    }

    private static JsonNode? Node(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(c => KeyValuePair.Create(((YamlScalarNode)c.Key).Value!, Node(c.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Select(Node)]),
        YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain, Value: "true" or "false" } flag => flag.Value == "true",
        YamlScalarNode text => text.Value,
        _ => null,
    };

    private static async Task<IEnumerable<string>> ViolationsAsync(string schema, JsonNode document)
    {
        var path = Path.GetFullPath(Repository.PathOf($"../shared/schemas/{schema}"));
        Assert.SkipUnless(File.Exists(path), $"../shared/schemas/{schema} is not there.");
        var json = JsonNode.Parse(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken))!;
        StubReferences(json);
        var compiled = await JsonSchema.FromJsonAsync(json.ToJsonString(), TestContext.Current.CancellationToken);
        return compiled.Validate(document.ToJsonString()).Select(error => error.ToString());
    }

    // References to other documents, extensions of azd that are not used here, accept anything: a test asks no network.
    private static void StubReferences(JsonNode? node)
    {
        if (node is JsonArray array)
        {
            foreach (var item in array) StubReferences(item);
        }
        else if (node is JsonObject o)
        {
            if (o["$ref"] is JsonValue reference && reference.ToString().StartsWith("http", StringComparison.Ordinal)) o.Remove("$ref");
            foreach (var (_, value) in o) StubReferences(value);
        }
    }
}
