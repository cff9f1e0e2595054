using System.Globalization;
using System.Text.Json.Nodes;
using Infra.Tests.Rules;

namespace Infra.Tests.Bicep;

/// <summary>What is deployed when nothing is chosen, and that all that speaks of it says the same.</summary>
public sealed class DefaultsTests
{
    private static JsonArray Deployments => (JsonArray)JsonNode.Parse(Repository.Read("infra/deployments.json"))!;

    private static JsonObject AzdParameters => (JsonObject)JsonNode.Parse(Repository.Read("infra/main.parameters.json"))!["parameters"]!;

    [Fact]
    public void Deployments_ByDefault_AreTwoPayAsYouGoModels()
    {
        Assert.Equal(["gpt-5.4-mini 2026-03-17 250", "gpt-5.4-nano 2026-03-17 250"],
            Deployments.Select(d => $"{d!["model"]} {d["version"]} {d["capacity"]}"));
        Assert.All(Deployments, d => Assert.Equal("GlobalStandard", (string?)d!["sku"]));
    }

    [Fact]
    public async Task Region_OfferedByAzd_HasTheQuotaOfTheDefaults()
    {
        var template = await BicepCli.MainTemplateAsync();
        var asked = (JsonArray)template.At("parameters/location/metadata/azd/usageName")!;

        Assert.Equal("location", template.Text("parameters/location/metadata/azd/type"));
        Assert.Equal(Deployments.Select(d => $"OpenAI.{d!["sku"]}.{d["model"]},{d["capacity"]}"), asked.Select(a => (string)a!));
    }

    [Fact]
    public async Task Models_ByDefault_AreGenerallyAvailableForNinetyDays()
    {
        var retirement = (await BicepCli.MainTemplateAsync()).At("parameters/deployments/metadata/retirement")!;
        var read = DateOnly.ParseExact(retirement.Text("checked"), "yyyy-MM-dd", CultureInfo.InvariantCulture);

        Assert.NotEqual("", retirement.Text("source"));
        Assert.All(Deployments, d =>
        {
            var standing = retirement.Text($"{d!["model"]} {d["version"]}").Split(", not before ");
            Assert.Equal("GA", standing[0]);
            Assert.True(DateOnly.ParseExact(standing[1], "yyyy-MM-dd", CultureInfo.InvariantCulture) >= read.AddDays(90));
        });
    }

    [Fact]
    public async Task AzdParameters_All_AreParametersOfTheTemplate()
    {
        var parameters = (JsonObject)(await BicepCli.MainTemplateAsync())["parameters"]!;
        // A file is their value.
        string[] left = ["deployments", "settings"];

        Assert.Equal(parameters.Select(p => p.Key).Except(left).Order(StringComparer.Ordinal), AzdParameters.Select(p => p.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task AzdDefaults_All_AreThoseOfTheTemplate()
    {
        var template = await BicepCli.MainTemplateAsync();

        Assert.All(AzdParameters.Where(p => p.Value.Text("value").Contains('=', StringComparison.Ordinal)), p =>
        {
            var value = p.Value.Text("value");
            Assert.Equal(template.Text($"parameters/{p.Key}/defaultValue"), value[(value.IndexOf('=', StringComparison.Ordinal) + 1)..^1]);
        });
    }

    [Fact]
    public void Pipeline_Deploying_PassesEveryVariable()
    {
        var workflow = Repository.Read(".github/workflows/azure-dev.yml");
        // azd knows who deploys, and the hook whether a vault is to be recovered and since when there is a budget.
        string[] left = ["AZURE_PRINCIPAL_ID", "AZURE_PRINCIPAL_TYPE", "VAULT_CREATE_MODE", "BUDGET_FIRST_DAY"];

        Assert.All(AzdParameters.Select(p => p.Value.Text("value").Trim('$', '{', '}').Split('=')[0]).Except(left),
            variable => Assert.Contains($"      {variable}: ${{{{ vars.{variable}", workflow, StringComparison.Ordinal));
    }

    [Fact]
    public void Parameters_All_AreInTheTableOfTheReadme()
    {
        var readme = Repository.Read("infra/README.md");

        Assert.All(AzdParameters, p =>
        {
            Assert.Contains($"| `{p.Key}` |", readme, StringComparison.Ordinal);
            Assert.Contains($"`{p.Value.Text("value").Trim('$', '{', '}').Split('=')[0]}`", readme, StringComparison.Ordinal);
        });
    }
}
