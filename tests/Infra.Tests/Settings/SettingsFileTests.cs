using System.Text.Json.Nodes;
using Infra.Tests.Bicep;
using Infra.Tests.Rules;

namespace Infra.Tests.Settings;

/// <summary>infra/settings.json, the operator's own settings: what <c>azd provision</c> would give the app now, from the files as they stand.</summary>
public sealed class SettingsFileTests
{
    [Fact]
    public async Task Settings_OfTheFile_AreAllOfTheGatewayAndPassItsValidation()
    {
        var (result, snapshot) = await EvaluateAsync("");

        Assert.True(result.ExitCode == 0, result.All);
        AssertNone(Binding.Violations(AppSettings.Of(snapshot!)));
        Assert.All(AppRules.All, rule => AssertNone(rule.Violations(snapshot!)));
    }

    [Theory]
    [InlineData("Webhooks__Enable", "true", "is no setting of the gateway: did you mean Webhooks__Enabled?")]
    [InlineData("Webhook__Enabled", "true", "is no setting of the gateway: did you mean Webhooks__Enabled?")]
    [InlineData("Webhooks_Enabled", "true", "is no setting of the gateway: did you mean Webhooks__Enabled?")]
    [InlineData("Callers__0__Memory__Provder", "BuiltIn", "is no setting of the gateway: did you mean Callers__0__Memory__Provider?")]
    [InlineData("Callers__0__Tool__0", "recall", "is no setting of the gateway: did you mean Callers__0__Tools__0?")]
    [InlineData("Deployments__2__Kinds", "Agent", "is no setting of the gateway: did you mean Deployments__2__Kind?")]
    [InlineData("storage__retentions", "1.00:00:00", "is no setting of the gateway: did you mean Storage__Retention?")]
    [InlineData("Webhooks", "true", "is no setting of the gateway.")]
    [InlineData("Webhooks__Enabled__0", "true", "is no setting of the gateway.")]
    [InlineData("Callers__Name", "elevenlabs", "is no setting of the gateway.")]
    [InlineData("AZURE_FUNCTIONS_ENVIRONMENT", "Development", "is no setting of the gateway.")]
    [InlineData("Webhooks:Enabled", "true", "has a name that is not of letters, digits and '_' alone.")]
    [InlineData("Webhooks__Enabled", "on", "has a value of the wrong kind: it must be true or false.")]
    [InlineData("HedgePercent", "5%", "has a value of the wrong kind: it must be a whole number.")]
    [InlineData("Callers__0__Memory__Provider", "Builtin2", "has a value of the wrong kind: it must be one of None, BuiltIn, Zep, Mem0.")]
    public void Setting_ThatTheGatewayDoesNotUnderstand_IsNamedWithTheReason(string name, string value, string reason)
    {
        var settings = AppSettings.Of("minimal");
        settings[name] = value;

        Assert.Equal($"{name} {reason}", Assert.Single(Binding.Violations(settings)));
    }

    [Theory]
    [InlineData("Deployments__3__Kind", "Deployments__3: there is no Deployments__2;")]
    [InlineData("deployments__03__Kind", "Deployments__03: there is no Deployments__2;")]
    [InlineData("Callers__1__Name", "Callers__1: there is no Callers__0;")]
    [InlineData("Callers__0__Tools__1", "Callers__0__Tools__1: there is no Callers__0__Tools__0;")]
    [InlineData("Callers__0__Tools__0", null)]
    [InlineData("deployments__2__Kind", null)]
    public void List_WithAGap_IsNamed(string name, string? found)
    {
        var settings = AppSettings.Of("minimal");
        settings[name] = "Agent";
        var gaps = Binding.Violations(settings).Where(violation => violation.Contains(": there is no ", StringComparison.Ordinal)).ToList();

        if (found is null) Assert.Empty(gaps);
        else Assert.StartsWith(found, Assert.Single(gaps), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Deployments__2__Kind", "Agent", "Deployments__2__Name")]
    [InlineData("Callers__0__Memory__Provider", "BuiltIn", "Webhooks__Enabled")]
    [InlineData("Callers__0__AnswerTimeout", "12", "Callers__0__AnswerTimeout")]
    public void Setting_ThatTheGatewayWouldNotStartWith_IsNamed(string name, string value, string found)
    {
        var settings = AppSettings.Of("minimal");
        settings[name] = value;

        Assert.Contains(Binding.Violations(settings), violation => violation.StartsWith(found, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("AzureFunctionsJobHost__logging__logLevel__default", "Warning")]
    [InlineData("DOTNET_TieredCompilation", "0")]
    [InlineData("Logging__LogLevel__Default", "Warning")]
    [InlineData("webhooks__enabled", "true")]
    public void Setting_OfSomebodyElse_IsTheirs(string name, string value)
    {
        var settings = AppSettings.Of("minimal");
        settings[name] = value;

        Assert.Empty(Binding.Violations(settings));
    }

    // All that the template sets for the host, and what would be merged with, or contradict, something else that is deployed.
    [Fact]
    public async Task Setting_ThatIsNotTheOperators_IsRefusedBeforeAnythingIsCreated()
    {
        string[] refused = [.. Binding.HostSettings, "azure_client_id", "AzureWebJobsStorage", "Secrets__0__Name", "secrets__0__Value", "Storage__Retention", "Deployments__0__Name", "Deployments__1__Name"];
        string[] taken = ["Deployments__0__PromptCacheShards", "Deployments__2__Name", "Deployments__10__Name", "KeyVault__Uri", "Webhooks__Secret"];

        var (result, snapshot) = await EvaluateAsync($"param settings = {{\n{string.Concat(refused.Concat(taken).Select(name => $"  '{name}': '1'\n"))}}}\n");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Null(snapshot);
        Assert.All(refused, name => Assert.Contains($" {name}: ", result.All, StringComparison.Ordinal));
        Assert.All(taken, name => Assert.DoesNotContain($" {name}: ", result.All, StringComparison.Ordinal));
        Assert.Contains("Deployments__1__Name: number 1 is gpt-5.4-nano of deployments.json, number 2 the first that is free.", result.All, StringComparison.Ordinal);
    }

    // What stands there is what people paste.
    [Fact]
    public async Task Examples_OfTheReadme_AreTakenAsTheyAre()
    {
        var examples = Repository.Read("infra/README.md").Split("```").Where(part => part.StartsWith("json\n{", StringComparison.Ordinal)).Select(part => (JsonObject)JsonNode.Parse(part["json".Length..])!).ToList();
        Assert.Equal(2, examples.Count);

        foreach (var example in examples)
        {
            var (result, snapshot) = await EvaluateAsync($"param settings = {{\n{string.Concat(example.Select(s => $"  '{s.Key}': '{s.Value}'\n"))}}}\n");

            Assert.True(result.ExitCode == 0, result.All);
            var settings = AppSettings.Of(snapshot!);
            Assert.All(example, s => Assert.Equal((string?)s.Value, settings[s.Key]));
            AssertNone(Binding.Violations(settings));
        }
    }

    private static void AssertNone(IEnumerable<string> violations)
    {
        var found = violations.ToList();
        Assert.True(found.Count == 0, $"infra/settings.json:\n{string.Join('\n', found)}");
    }

    private static async Task<(ToolResult Result, Snapshot? Snapshot)> EvaluateAsync(string parameters)
    {
        using var folder = new TemporaryFolder();
        var template = Path.GetRelativePath(folder.Root, Repository.PathOf("infra/main.bicep")).Replace('\\', '/');
        var file = folder.Write("now.bicepparam", $"using '{template}'\nparam environmentName = 'now'\nparam location = 'swedencentral'\n{parameters}");
        var result = await BicepCli.SnapshotAsync(file, "overwrite");
        var snapshot = folder.PathOf("now.snapshot.json");
        return (result, File.Exists(snapshot) ? Snapshot.Parse(await File.ReadAllTextAsync(snapshot, TestContext.Current.CancellationToken)) : null);
    }
}
