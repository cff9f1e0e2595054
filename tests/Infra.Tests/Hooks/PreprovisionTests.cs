namespace Infra.Tests.Hooks;

public sealed class PreprovisionTests
{
    private const string Offered = "2026-03-17\tGenerallyAvailable\t2027-09-18T00:00:00Z\tGlobalStandard,DataZoneStandard";
    private const string Enough = "OpenAI.GlobalStandard.gpt-5.4-mini\t1000.0\t0.0\nOpenAI.GlobalStandard.gpt-5.4-nano\t1000.0\t0.0";
    private const string Locations = "westeurope\tEurope\nswedencentral\tEurope\neastus\tUS\nnorthcentralus\tUS\nfrancecentral\tEurope";

    private static readonly Answer SignedIn = new("account show *");
    private static readonly Answer Flex = new("functionapp list-flexconsumption-locations *", "West Europe\nswedencentral\nEast US");
    private static readonly Answer Models = new("cognitiveservices model list *", Offered);
    private static readonly Answer Usage = new("cognitiveservices usage list *", Enough);
    private static readonly Answer NoAccounts = new("cognitiveservices account list *");
    private static readonly Answer NoVault = new("keyvault list-deleted *");
    private static readonly Answer Group = new("group exists *", "true");
    private static readonly Answer Budget = new("rest --method get *Microsoft.Consumption/budgets*", "2026-01-01T00:00:00Z");
    private static readonly Answer Regions = new("account list-locations *", Locations);

    [Fact]
    public async Task Everything_ToBeHad_GoesOn()
    {
        using var run = Run();

        var result = await run.RunAsync("preprovision");

        Assert.Equal((0, "", ""), (result.ExitCode, result.Output, result.Error));
        Assert.Empty(run.Changes);
        Assert.Empty(run.LeftBehind());
    }

    [Fact]
    public async Task Az_Missing_IsSaid()
    {
        using var run = Run();
        run.WithoutAz();

        await StopsAsync(run, "The Azure CLI (az) is needed", "https://aka.ms/install-azure-cli");
    }

    [Fact]
    public async Task Az_NotSignedIn_IsSaid()
    {
        using var run = new HookRun(new Answer("account show *", "Please run az login", 1));

        await StopsAsync(run, "az is not signed in to the subscription subscription: az login");
    }

    [Theory]
    [InlineData("AZURE_LOCATION")]
    [InlineData("AZURE_SUBSCRIPTION_ID")]
    public async Task Choice_NotMade_IsAskedFor(string variable)
    {
        using var run = Run();
        run.Without(variable);

        await StopsAsync(run, "azd env set AZURE_LOCATION <region>");
        Assert.Empty(run.Calls);
    }

    [Fact]
    public async Task Quota_LeftInADataZone_IsTheNearestChoice()
    {
        using var run = Run(Left(swedencentral: "OpenAI.GlobalStandard.gpt-5.4-mini\t300.0\t200.0\nOpenAI.DataZoneStandard.gpt-5.4-mini\t300.0\t50.0"));

        await StopsAsync(run,
            "gpt-5.4-mini: 250 of OpenAI.GlobalStandard.gpt-5.4-mini are asked for in swedencentral, 100 are left. Nothing was created.",
            "Nearest valid choice for infra/deployments.json: \"sku\": \"DataZoneStandard\" in swedencentral");
    }

    [Fact]
    public async Task Quota_LeftInTheSameGeography_IsTheNearestChoice()
    {
        using var run = Run(
            new Answer("cognitiveservices model list *--location westeurope *", "2025-01-01\tGenerallyAvailable\tNone\tGlobalStandard"),
            Left(swedencentral: "OpenAI.GlobalStandard.gpt-5.4-mini\t300.0\t200.0"));

        // West Europe does not offer the version, the United States are elsewhere.
        await StopsAsync(run, "Nearest valid choice for infra/deployments.json: \"region\": \"francecentral\"");
        Assert.DoesNotContain(run.Calls, call => call.Contains("eastus", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Quota_LeftNowhereElse_IsTheNearestChoice()
    {
        using var run = Run(new Answer("cognitiveservices usage list *", "OpenAI.GlobalStandard.gpt-5.4-mini\t300.0\t200.0"));

        await StopsAsync(run, "Nearest valid choice for infra/deployments.json: \"capacity\": 100 in swedencentral");
    }

    [Fact]
    public async Task Quota_LeftNowhere_IsToBeAskedFor()
    {
        using var run = Run(new Answer("cognitiveservices usage list *", "OpenAI.GlobalStandard.gpt-5.4-mini\t0.0\t0.0"));

        await StopsAsync(run, "none nearby; ask for quota at https://aka.ms/oai/stuquotarequest");
    }

    [Fact]
    public async Task DataZone_WithoutQuota_IsNeverWidened()
    {
        using var run = Run(new Answer("cognitiveservices usage list *", "OpenAI.GlobalStandard.gpt-5.4-mini\t900.0\t0.0"));
        run.Write("infra/deployments.json", Line("gpt-5.4-mini", sku: "DataZoneStandard"));

        var result = await StopsAsync(run, "none nearby");
        Assert.DoesNotContain("\"GlobalStandard\"", result.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Quota_TakenByThisEnvironment_IsItsOwn()
    {
        using var run = Run(
            Left(swedencentral: "OpenAI.GlobalStandard.gpt-5.4-mini\t250.0\t250.0\nOpenAI.GlobalStandard.gpt-5.4-nano\t250.0\t250.0"),
            new Answer("cognitiveservices account list *", "oai-other\trg-other\noai-voice\tRG-Voice"),
            new Answer("cognitiveservices account deployment list *--name oai-voice *", "gpt-5.4-mini\tGlobalStandard\t250\ngpt-5.4-nano\tGlobalStandard\t250"));

        Assert.Equal(0, (await run.RunAsync("preprovision")).ExitCode);
    }

    // All that azd allows in a name.
    [Fact]
    public async Task Environment_OddlyNamed_IsTakenAsItIs()
    {
        using var run = Run(
            new Answer("cognitiveservices account list *", "oai-voice\trg-A.b_(c)-1\noai-other\trg-axb_c-1"),
            new Answer("cognitiveservices account deployment list *--resource-group rg-a.b_(c)-1 --name oai-voice *", "gpt-5.4-mini\tGlobalStandard\t250"),
            Left(swedencentral: "OpenAI.GlobalStandard.gpt-5.4-mini\t250.0\t250.0\nOpenAI.GlobalStandard.gpt-5.4-nano\t250.0\t0.0"));
        run["AZURE_ENV_NAME"] = "a.b_(c)-1";

        var result = await run.RunAsync("preprovision");

        Assert.Equal((0, "", ""), (result.ExitCode, result.Output, result.Error));
        Assert.Contains(run.Queries, q => q.Query.Contains("=='a.b_(c)-1'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Deployments_OnOneQuota_CountTogether()
    {
        using var run = Run(new Answer("cognitiveservices usage list *", "OpenAI.GlobalStandard.gpt-5.4-mini\t300.0\t0.0"));
        run.Write("infra/deployments.json", $"[\n{Line("first")},\n{Line("second")}\n]\n");

        await StopsAsync(run, "first: 500 of OpenAI.GlobalStandard.gpt-5.4-mini are asked for in swedencentral, 300 are left", "\"capacity\": 50 in swedencentral");
    }

    [Fact]
    public async Task Deployment_OfAnotherRegion_IsAskedThere()
    {
        using var run = Run();
        run.Write("infra/deployments.json", Line("second", region: "francecentral"));

        Assert.Equal(0, (await run.RunAsync("preprovision")).ExitCode);
        Assert.Contains(run.Calls, call => call.Contains("usage list", StringComparison.Ordinal) && call.Contains("--location francecentral", StringComparison.Ordinal));
        Assert.DoesNotContain(run.Calls, call => call.Contains("usage list", StringComparison.Ordinal) && call.Contains("--location swedencentral", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Version_NotOffered_NamesTheNewestThatIs()
    {
        using var run = Run(new Answer("cognitiveservices model list *",
            "2026-01-01\tGenerallyAvailable\tNone\tGlobalStandard\n2026-06-01\tGenerallyAvailable\tNone\tGlobalStandard\n2026-09-01\tPreview\tNone\tGlobalStandard"));

        await StopsAsync(run,
            "gpt-5.4-mini: swedencentral does not offer gpt-5.4-mini 2026-03-17 as GlobalStandard. Nothing was created.",
            "\"version\": \"2026-06-01\" in swedencentral");
    }

    [Fact]
    public async Task Region_WithoutFlexConsumption_NamesANeighbour()
    {
        using var run = Run();
        run["AZURE_LOCATION"] = "francecentral";

        await StopsAsync(run, "francecentral does not offer Flex Consumption. Nothing was created.", "azd env set AZURE_LOCATION westeurope");
    }

    [Fact]
    public async Task Model_RetiringSoonOrInPreview_IsWarnedOf()
    {
        using var run = Run(new Answer("cognitiveservices model list *", "2026-03-17\tPreview\t2020-01-01T00:00:00Z\tGlobalStandard"));

        var result = await run.RunAsync("preprovision");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("Warning: gpt-5.4-mini 2026-03-17 is Preview, not generally available.", result.Error, StringComparison.Ordinal);
        Assert.Contains("Warning: gpt-5.4-mini 2026-03-17 retires on 2020-01-01.", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Az_FailingHalfway_IsNotTakenForNoOffer()
    {
        using var run = Run(new Answer("cognitiveservices model list *", "the service is unavailable", 1));

        var result = await StopsAsync(run, "the service is unavailable");
        Assert.DoesNotContain("does not offer", result.All, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "names no deployment")]
    [InlineData("""[{ "name": "a", "model": "m", "version": "1", "sku": "s", "capacity": 1 }, { "name": "b", "model": "m", "version": "1", "sku": "s", "capacity": 1 }]""", "on a line of its own")]
    [InlineData("""{ "name": "a", "version": "1", "sku": "s", "capacity": 1 }""", "\"model\" is missing")]
    [InlineData("{ \"name\": \"a\", \"model\": \"m\", \"version\": \"1\", \"sku\": \"s\", \"capacity\": 1 },\n{ \"name\": \"a\", \"region\": \"swedencentral\", \"model\": \"n\", \"version\": \"1\", \"sku\": \"s\", \"capacity\": 1 }", "there twice: a in swedencentral")]
    [InlineData("[\n{\n\"name\": \"a\"\n}\n]", "on a line of its own")]
    public async Task DeploymentsFile_NotUnderstood_IsSaid(string text, string message)
    {
        using var run = Run();
        run.Write("infra/deployments.json", text + "\n");

        await StopsAsync(run, message);
    }

    [Fact]
    public async Task Vault_Deleted_IsBroughtBack()
    {
        using var run = Run(new Answer("keyvault list-deleted *", "kv-voice"));

        var result = await run.RunAsync("preprovision");

        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("The deleted vault kv-voice is brought back with its keys, as it was.", result.Output, StringComparison.Ordinal);
        Assert.Equal(["azd env set VAULT_CREATE_MODE recover"], run.Changes.Select(c => c.Trim()));
    }

    [Fact]
    public async Task Vault_BroughtBackBefore_IsNotAgain()
    {
        using var run = Run();
        run["VAULT_CREATE_MODE"] = "recover";

        Assert.Equal(0, (await run.RunAsync("preprovision")).ExitCode);
        Assert.Equal(["azd env set VAULT_CREATE_MODE default"], run.Changes.Select(c => c.Trim()));
    }

    // The service refuses another start for a budget that stands: a second azd up in a later month would fail.
    [Theory]
    [InlineData("2025-11-01T00:00:00Z")]
    [InlineData("2025-11-01T00:00:00.0000000+00:00")]
    public async Task Budget_ThatStands_KeepsItsFirstDay(string start)
    {
        using var run = Run(new Answer("rest --method get *", start));

        Assert.Equal(0, (await run.RunAsync("preprovision")).ExitCode);
        Assert.Equal(["azd env set BUDGET_FIRST_DAY 2025-11-01T00:00:00Z"], run.Changes.Select(c => c.Trim()));
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task Budget_ThatIsNew_BeginsThisMonth(string groupExists)
    {
        using var run = Run(new Answer("group exists *", groupExists), new Answer("rest --method get *"));
        var before = TimeProvider.System.GetUtcNow();

        Assert.Equal(0, (await run.RunAsync("preprovision")).ExitCode);

        string[] months = [.. new[] { before, TimeProvider.System.GetUtcNow() }.Select(t => $"azd env set BUDGET_FIRST_DAY {t:yyyy-MM}-01T00:00:00Z")];
        Assert.Contains(Assert.Single(run.Changes).Trim(), months);
    }

    [Fact]
    public async Task Budget_NotWanted_IsNotAskedFor()
    {
        using var run = Run(new Answer("group exists *", "no", 1), new Answer("rest *", "no", 1));
        run["MONTHLY_BUDGET"] = "0";

        Assert.Equal(0, (await run.RunAsync("preprovision")).ExitCode);
        Assert.Empty(run.Changes);
    }

    [Theory]
    [InlineData("group exists *")]
    [InlineData("rest --method get *")]
    public async Task Budget_ThatCannotBeRead_StopsTheHook(string call)
    {
        using var run = Run(new Answer(call, "the service is unavailable", 1));

        await StopsAsync(run, "the service is unavailable");
    }

    [Fact]
    public async Task PrivateNetwork_AskedFor_RegistersTheProviderOfItsSubnet()
    {
        using var run = Run(new Answer("provider register *"));
        run["PRIVATE_NETWORK"] = "true";

        Assert.Equal(0, (await run.RunAsync("preprovision")).ExitCode);
        Assert.Equal(["az provider register --subscription subscription --namespace Microsoft.App --wait"], run.Changes.Select(c => c.Trim()));
    }

    // The first answer that matches is given: a test's own come before the usual ones.
    private static HookRun Run(params Answer[] answers) =>
        new([.. answers, SignedIn, Flex, Models, Usage, NoAccounts, NoVault, Group, Budget, Regions]) { ["BUDGET_FIRST_DAY"] = "2026-01-01T00:00:00Z" };

    private static Answer Left(string swedencentral) => new("cognitiveservices usage list *--location swedencentral *", swedencentral);

    private static string Line(string name, string? region = null, string sku = "GlobalStandard") =>
        $$"""  { "name": "{{name}}",{{(region is null ? "" : $" \"region\": \"{region}\",")}} "model": "gpt-5.4-mini", "version": "2026-03-17", "sku": "{{sku}}", "capacity": 250, "priority": 1 }""";

    private static async Task<ToolResult> StopsAsync(HookRun run, params string[] messages)
    {
        var result = await run.RunAsync("preprovision");

        Assert.NotEqual(0, result.ExitCode);
        Assert.All(messages, message => Assert.Contains(message, result.Error, StringComparison.Ordinal));
        Assert.Empty(run.Changes);
        Assert.Empty(run.LeftBehind());
        return result;
    }
}
