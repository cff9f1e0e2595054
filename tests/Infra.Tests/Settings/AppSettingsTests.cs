using Infra.Tests.Rules;

namespace Infra.Tests.Settings;

public sealed class AppSettingsTests
{
    [Fact]
    public void Settings_OfTheMinimalDeployment_AreTheseAlone() => Assert.Equal(
        [
            "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
            "APPLICATIONINSIGHTS_CONNECTION_STRING",
            "AZURE_CLIENT_ID",
            "AzureWebJobsDisableHomepage",
            "AzureWebJobsStorage__accountName",
            "AzureWebJobsStorage__clientId",
            "AzureWebJobsStorage__credential",
            "Deployments__0__Endpoint",
            "Deployments__0__Model",
            "Deployments__0__Name",
            "Deployments__1__Endpoint",
            "Deployments__1__Model",
            "Deployments__1__Name",
            "KeyVault__Uri",
            "Storage__Retention",
            "Storage__Uri",
        ],
        AppSettings.Of("minimal").Keys.Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("minimal", 0)]
    [InlineData("two-region", 1)]
    [InlineData("private-network", 1)]
    public void Cache_WhetherThereOrNot_IsNoSetting(string name, int caches)
    {
        var snapshot = Snapshot.Load(name);

        Assert.Equal(caches, snapshot.OfType("Microsoft.Cache/redisEnterprise").Count());
        Assert.DoesNotContain(AppSettings.Of(name), s => (s.Key + s.Value).Contains("redis", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Deployments_ByPriority_AreInOrder()
    {
        var settings = AppSettings.Of("two-region");

        Assert.Equal(["gpt-5.4-mini", "gpt-5.4-mini-germanywestcentral", "gpt-5.4-nano", "mini-overflow"], Values(settings, "Name"));
        Assert.Equal(["gpt-5.4-mini", "gpt-5.4-mini", "gpt-5.4-nano", "gpt-5.4-mini"], Values(settings, "Model"));
    }

    [Fact]
    public void Deployment_OfANameTakenInAnotherRegion_KeepsItsOwnInAzure()
    {
        var settings = AppSettings.Of("two-region");

        Assert.Equal("gpt-5.4-mini", Assert.Single(settings, s => s.Key.EndsWith("__Deployment", StringComparison.Ordinal)).Value);
        Assert.Equal("gpt-5.4-mini", settings["Deployments__1__Deployment"]);
    }

    [Theory]
    [InlineData("minimal")]
    [InlineData("two-region")]
    [InlineData("private-network")]
    public void Endpoints_OfAllDeployments_AreAccountsThatHoldThem(string name)
    {
        var settings = AppSettings.Of(name);
        var snapshot = Snapshot.Load(name);
        var endpoints = Values(settings, "Endpoint");

        Assert.Equal(snapshot.OfType("Microsoft.CognitiveServices/accounts/deployments").Count(), endpoints.Length);
        Assert.All(endpoints.Index(), e =>
        {
            var deployment = settings.GetValueOrDefault($"Deployments__{e.Index}__Deployment", settings[$"Deployments__{e.Index}__Name"]);
            var account = snapshot.OfType("Microsoft.CognitiveServices/accounts").Single(a => e.Item == $"https://{a.Text("properties/customSubDomainName")}.openai.azure.com/");
            Assert.Single(snapshot.OfType("Microsoft.CognitiveServices/accounts/deployments"), d =>
                d.Text("name") == $"{account["name"]}/{deployment}" && d.Text("properties/model/name") == settings[$"Deployments__{e.Index}__Model"]);
        });
    }

    [Theory]
    [InlineData("minimal")]
    [InlineData("two-region")]
    [InlineData("private-network")]
    public void LocalSettings_Written_AreWhatTheGatewayReadsInAzure(string name)
    {
        var settings = AppSettings.Of(name);
        var output = System.Text.Json.Nodes.JsonNode.Parse(Repository.Read($"tests/Infra.Tests/Snapshots/{name}.snapshot.json")).Text("outputs/LOCAL_SETTINGS");

        Assert.StartsWith("[string(createObject('IsEncrypted', false(), 'Values', createObject('FUNCTIONS_WORKER_RUNTIME', 'dotnet-isolated'", output, StringComparison.Ordinal);
        Assert.All(settings.Where(s => s.Key.StartsWith("Deployments__", StringComparison.Ordinal)), s =>
            Assert.Contains($"'{s.Key}', '{s.Value}'", output, StringComparison.Ordinal));
        Assert.Contains("'KeyVault__Uri', format(", output, StringComparison.Ordinal);
        Assert.DoesNotContain("AZURE_CLIENT_ID", output, StringComparison.Ordinal);
        // Who deploys has no right to the data of the account.
        Assert.DoesNotContain("Storage__", output, StringComparison.Ordinal);
    }

    private static string[] Values(Dictionary<string, string> settings, string level) =>
        [.. Enumerable.Range(0, 100).Select(i => settings.GetValueOrDefault($"Deployments__{i}__{level}")).TakeWhile(v => v is not null).Cast<string>()];
}
