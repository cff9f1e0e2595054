using System.Text.Json.Nodes;
using NJsonSchema;

namespace FunctionsApp.Tests.ProjectFiles;

public sealed class HostJsonTests
{
    private static JsonNode HostJson => JsonNode.Parse(Repository.Read("host.json"))!;

    [Fact]
    public async Task HostJson_AgainstItsSchema_IsValid() => Assert.Empty((await SchemaAsync()).Validate(HostJson.ToJsonString()));

    [Theory]
    [InlineData("""{ "version": "2.0", "extensions": { "http": { "routePrefix": 1 } } }""")]
    [InlineData("""{ "version": "2.0", "logging": { "applicationInsights": { "samplingSettings": { "isEnabled": "no" } } } }""")]
    public async Task WrongHostJson_AgainstTheSchema_IsFound(string json) => Assert.NotEmpty((await SchemaAsync()).Validate(json));

    [Fact]
    public void HostJson_ForHttp_AddsNoPrefixAndRefusesNothingByItself()
    {
        var http = HostJson["extensions"]!["http"]!;

        Assert.Equal("", http["routePrefix"]!.GetValue<string>());
        // The host's own 429s have no envelope.
        Assert.Equal(-1, http["maxOutstandingRequests"]!.GetValue<int>());
        Assert.Equal(-1, http["maxConcurrentRequests"]!.GetValue<int>());
        Assert.False(http["dynamicThrottlesEnabled"]!.GetValue<bool>());
    }

    [Fact]
    public void HostJson_ForTelemetry_SamplesNothing() =>
        Assert.False(HostJson["logging"]!["applicationInsights"]!["samplingSettings"]!["isEnabled"]!.GetValue<bool>());

    private static async Task<JsonSchema> SchemaAsync()
    {
        var path = Repository.PathOf("../shared/schemas/host.schema.json");
        if (!File.Exists(path)) Assert.Skip("The schema of host.json is not part of the repository, and there is none in ../shared/schemas.");
        return await JsonSchema.FromFileAsync(path, TestContext.Current.CancellationToken);
    }
}
