using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Infra.Tests.Bicep;
using Infra.Tests.Rules;

namespace Infra.Tests.Settings;

/// <summary>infra/settings.json, the operator's own settings: what <c>azd provision</c> would give the app now, from the files as they stand.</summary>
public sealed partial class SettingsFileTests
{
    [Fact]
    public async Task Settings_OfTheFile_AreAllOfTheGatewayAndPassItsValidation()
    {
        var findings = await FindingsAsync(Repository.Read("infra/settings.json"));

        Assert.True(findings.Count == 0, string.Join('\n', findings));
    }

    [Theory]
    [InlineData("{ \"HedgePercent\": 5 }", "infra/settings.json: HedgePercent must be a text: \"5\".")]
    [InlineData("{ \"Webhooks__Enabled\": true }", "infra/settings.json: Webhooks__Enabled must be a text: \"true\".")]
    [InlineData("{ \"KeyVault__Uri\": null }", "infra/settings.json: KeyVault__Uri must be a text; leave out what is not set.")]
    [InlineData("{ \"Webhooks\": { \"Enabled\": \"true\" } }", "infra/settings.json: Webhooks must be a text; two underscores divide levels, as in Webhooks__Enabled.")]
    [InlineData("{\n  \"Webhooks__Enabled\": \"true\"\n  \"HedgePercent\": \"5\"\n}", "infra/settings.json is not valid JSON (line 3, byte 3).")]
    [InlineData("", "infra/settings.json is not valid JSON (line 1, byte 1).")]
    [InlineData("[]", "infra/settings.json must be an object: { \"Webhooks__Enabled\": \"true\" }.")]
    [InlineData("{ \"Webhooks__Enabled\": \"true\", \"Webhooks__Enabled\": \"false\" }", "infra/settings.json: Webhooks__Enabled stands there 2 times; the last would win.")]
    [InlineData("{ \"Webhooks__Enabled\": \"true\", \"webhooks__enabled\": \"true\" }", "infra/settings.json: Webhooks__Enabled stands there 2 times, as webhooks__enabled too; the last would win.")]
    [InlineData("{ \"Webhooks__Enable\": \"true\" }", "infra/settings.json: Webhooks__Enable is no setting of the gateway: did you mean Webhooks__Enabled?")]
    [InlineData("{ \"Deployments__3__Kind\": \"Agent\" }", "infra/settings.json: Deployments__3: there is no Deployments__2; a list is numbered from 0 on, without a gap.")]
    [InlineData("{ \"WEBSITE_CONTENTSHARE\": \"own\" }", "infra/settings.json: WEBSITE_CONTENTSHARE: No setting that Flex Consumption forbids.")]
    [InlineData("{ \"Secrets__0__Value\": \"planted\" }", "infra/settings.json: Secrets__0__Value: secrets belong in the vault.")]
    [InlineData("{ \"Storage__Retention\": \"1.00:00:00\" }", "infra/settings.json: Storage__Retention: run azd env set TRANSCRIPT_RETENTION_DAYS <days>, by which the account deletes, too.")]
    public async Task File_WithOneMistake_IsToldThatAlone(string text, string finding) => Assert.Equal([finding], await FindingsAsync(text));

    [Fact]
    public async Task File_AsTheCompilerTakesIt_IsTaken() => Assert.Empty(await FindingsAsync("{\n  // Of ours.\n  \"Webhooks__Enabled\": \"true\",\n}\n"));

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

        var (result, snapshot) = await EvaluateAsync($"{{{string.Join(',', refused.Concat(taken).Select(name => $"\"{name}\":\"1\""))}}}");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Null(snapshot);
        var said = Said(result);
        Assert.All(refused, name => Assert.Contains($" {name}: ", said, StringComparison.Ordinal));
        Assert.All(taken, name => Assert.DoesNotContain($" {name}: ", said, StringComparison.Ordinal));
        Assert.StartsWith("infra/settings.json: ", said, StringComparison.Ordinal);
        Assert.Contains("Deployments__1__Name: number 1 is gpt-5.4-nano of deployments.json, number 2 the first that is free.", said, StringComparison.Ordinal);
        Assert.DoesNotContain("..", said, StringComparison.Ordinal);
        Assert.DoesNotContain("aka.ms", said, StringComparison.Ordinal);
    }

    // What stands there is what people paste.
    [Fact]
    public async Task Examples_OfTheReadme_AreTakenAsTheyAre()
    {
        var examples = Repository.Read("infra/README.md").Split("```").Where(part => part.StartsWith("json\n{", StringComparison.Ordinal)).Select(part => part["json".Length..]).ToList();
        Assert.Equal(2, examples.Count);

        foreach (var example in examples)
        {
            Assert.Empty(await FindingsAsync(example));
            var settings = AppSettings.Of((await EvaluateAsync(example)).Snapshot!);
            Assert.All((JsonObject)JsonNode.Parse(example)!, s => Assert.Equal((string?)s.Value, settings[s.Key]));
        }
    }

    private static async Task<List<string>> FindingsAsync(string text)
    {
        var flaws = SettingsFile.Flaws(text).ToList();
        if (flaws.Count > 0) return flaws;
        var (result, snapshot) = await EvaluateAsync(text);
        if (result.ExitCode != 0) return [Said(result)];
        var rules = AppRules.All.SelectMany(rule => rule.Violations(snapshot!).Select(violation => $"{violation}: {rule.Name}."));
        return [.. Binding.Violations(AppSettings.Of(snapshot!)).Concat(rules).Select(violation => $"infra/settings.json: {violation}")];
    }

    private static async Task<(ToolResult Result, Snapshot? Snapshot)> EvaluateAsync(string settings)
    {
        using var folder = TemporaryFolder.WithInfra(settings);
        var file = folder.Write("now.bicepparam", "using 'infra/main.bicep'\nparam environmentName = 'now'\nparam location = 'swedencentral'\n");
        var result = await BicepCli.SnapshotAsync(file, "overwrite");
        var snapshot = folder.PathOf("now.snapshot.json");
        return (result, File.Exists(snapshot) ? Snapshot.Parse(await File.ReadAllTextAsync(snapshot, TestContext.Current.CancellationToken)) : null);
    }

    // The template's own words, without the line and column that the compiler puts around them.
    private static string Said(ToolResult result) => Refusal().Match(result.All) is { Success: true } refusal ? refusal.Value : result.All;

    [GeneratedRegex(@"infra/settings\.json: .*?\.(?=\. Please see )")]
    private static partial Regex Refusal();
}
