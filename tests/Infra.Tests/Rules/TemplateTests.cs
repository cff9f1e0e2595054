using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Infra.Tests.Bicep;

namespace Infra.Tests.Rules;

/// <summary>Rules over the compiled template itself: what no evaluation shows.</summary>
public sealed partial class TemplateTests
{
    [Fact]
    public async Task Template_Compiled_AsksForNoKey()
    {
        var template = await BicepCli.MainTemplateAsync();
        Assert.Empty(KeyRequests(template));

        template["outputs"]!["PLANTED"] = new JsonObject { ["type"] = "string", ["value"] = "[listKeys('id', '2025-06-01').keys[0].value]" };
        Assert.NotEmpty(KeyRequests(template));
    }

    [Theory]
    [InlineData("PLANTED", "secureString", "x")]
    [InlineData("CALLER_KEY", "string", "x")]
    [InlineData("ADMIN_PASSWORD", "string", "x")]
    [InlineData("PLANTED", "string", "[parameters('callerSecret')]")]
    public async Task Outputs_Compiled_HoldNoSecret(string name, string type, string value)
    {
        var template = await BicepCli.MainTemplateAsync();
        Assert.Empty(SecretOutputs(template));

        template["outputs"]![name] = new JsonObject { ["type"] = type, ["value"] = value };
        Assert.NotEmpty(SecretOutputs(template));
    }

    [Fact]
    public async Task Parameters_OfEveryModule_AreDescribed()
    {
        var template = await BicepCli.MainTemplateAsync();
        Assert.Empty(Undescribed(template));

        template["parameters"]!["planted"] = JsonNode.Parse("""{"type":"string"}""");
        Assert.Contains("planted", Undescribed(template));
    }

    [Fact]
    public async Task Outputs_OfEveryModule_AreDescribed()
    {
        var template = await BicepCli.MainTemplateAsync();

        Assert.Empty(Templates(template).SelectMany(t => t["outputs"] as JsonObject ?? [])
            .Where(o => o.Value.Text("metadata/description").Length == 0).Select(o => o.Key));
    }

    [Fact]
    public async Task Secret_WrittenThroughResourceManager_IsASecureParameter()
    {
        var template = await BicepCli.SecretTemplateAsync();

        Assert.Equal("securestring", template.Text("parameters/value/type").ToLowerInvariant());
        Assert.Empty(InsecureSecrets(template));
        Assert.Empty(Undescribed(template));
        Assert.Null(template["outputs"]);

        template["parameters"]!["value"]!["type"] = "string";
        Assert.NotEmpty(InsecureSecrets(template));
    }

    [Fact]
    public async Task Parameters_OfTheMainTemplate_TakeNoSecret()
    {
        var template = await BicepCli.MainTemplateAsync();

        Assert.Empty(Templates(template).SelectMany(t => t["parameters"] as JsonObject ?? [])
            .Where(p => p.Value.Text("type").StartsWith("secure", StringComparison.OrdinalIgnoreCase) || SecretName().IsMatch(p.Key)).Select(p => p.Key));
    }

    [Fact]
    public async Task Models_OfOneAccount_AreDeployedOneByOne()
    {
        var template = await BicepCli.MainTemplateAsync();
        Assert.Empty(Siblings(template));

        var copies = Resources(template).Single(r => r.Text("type") == "Microsoft.CognitiveServices/accounts/deployments");
        copies.Drop("copy/mode");
        Assert.NotEmpty(Siblings(template));
    }

    [Fact]
    public async Task Modules_OfTheMainTemplate_EvaluateTheirOwnExpressions()
    {
        var template = await BicepCli.MainTemplateAsync();

        Assert.All(Resources(template).Where(r => r.Text("type") == "Microsoft.Resources/deployments"),
            module => Assert.Equal("inner", module.Text("properties/expressionEvaluationOptions/scope")));
    }

    [GeneratedRegex(@"\blist[A-Z]\w*\(")]
    private static partial Regex ListFunction();

    [GeneratedRegex(@"(?i)(password|secret|token$|(caller|account|api|access)_?key$)")]
    private static partial Regex SecretName();

    private static IEnumerable<string> KeyRequests(JsonObject template) =>
        JsonPaths.Strings(template).Where(text => text.StartsWith('[') && ListFunction().IsMatch(text));

    private static IEnumerable<string> SecretOutputs(JsonObject template) =>
        ((JsonObject)template["outputs"]!).Where(o =>
                o.Value.Text("type").StartsWith("secure", StringComparison.OrdinalIgnoreCase)
                || SecretName().IsMatch(o.Key)
                || o.Value.Strings().Any(text => text.StartsWith('[') && (ListFunction().IsMatch(text) || text.Contains("secret", StringComparison.OrdinalIgnoreCase))))
            .Select(o => o.Key);

    private static IEnumerable<string> InsecureSecrets(JsonObject template) =>
        Resources(template).Where(r => r.Text("type") == "Microsoft.KeyVault/vaults/secrets")
            .Select(r => r.Text("properties/value"))
            .Where(value => !((JsonObject)template["parameters"]!).Any(p => value == $"[parameters('{p.Key}')]"
                && p.Value.Text("type").Equals("securestring", StringComparison.OrdinalIgnoreCase)));

    private static IEnumerable<string> Undescribed(JsonObject template) =>
        Templates(template).SelectMany(t => t["parameters"] as JsonObject ?? [])
            .Where(p => p.Value.Text("metadata/description").Length == 0).Select(p => p.Key);

    private static IEnumerable<string> Siblings(JsonObject template) =>
        Resources(template).Where(r => r.Text("type") == "Microsoft.CognitiveServices/accounts/deployments")
            .Where(r => r.Text("copy/mode") != "serial" || r.Text("copy/batchSize") != "1").Select(r => r.Text("name"));

    private static IEnumerable<JsonObject> Templates(JsonObject template) =>
        Resources(template).Select(r => r.At("properties/template")).OfType<JsonObject>().Prepend(template);

    private static IEnumerable<JsonObject> Resources(JsonObject template)
    {
        var own = template["resources"] switch
        {
            JsonArray array => array.OfType<JsonObject>(),
            JsonObject named => named.Select(p => p.Value).OfType<JsonObject>(),
            _ => [],
        };
        foreach (var resource in own)
        {
            yield return resource;
            if (resource.At("properties/template") is not JsonObject nested) continue;
            foreach (var inner in Resources(nested)) yield return inner;
        }
    }
}
