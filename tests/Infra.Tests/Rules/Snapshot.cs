using System.Text.Json.Nodes;

namespace Infra.Tests.Rules;

/// <summary>The resources that a deployment creates: the compiled template, evaluated.</summary>
internal sealed class Snapshot(JsonArray resources)
{
    public static readonly string[] Names = ["minimal", "two-region", "private-network"];

    public IEnumerable<JsonObject> Resources => resources.OfType<JsonObject>();

    public static Snapshot Load(string name) => Parse(Repository.Read($"tests/Infra.Tests/Snapshots/{name}.snapshot.json"));

    public static Snapshot Parse(string json) => new((JsonArray)JsonNode.Parse(json)!["predictedResources"]!.DeepClone());

    public IEnumerable<JsonObject> OfType(string type) => Resources.Where(r => (string?)r["type"] == type);

    public JsonObject Single(string type) => Assert.Single(OfType(type));

    public void Add(string json) => resources.Add(JsonNode.Parse(json));

    public void Remove(JsonObject resource) => resources.Remove(resource);
}
