namespace Infra.Tests.Hooks;

public sealed class PostdownTests
{
    private const string Deleted = "cognitiveservices account list-deleted *";

    private static readonly Answer Purge = new("cognitiveservices account purge *");

    [Fact]
    public async Task Accounts_OfThisEnvironment_ArePurged()
    {
        using var run = new HookRun(new Answer(Deleted, string.Join('\n',
            Account("rg-voice", "oai-one", "swedencentral"),
            Account("RG-Voice", "oai-two", "westeurope"),
            Account("rg-voice-test", "oai-three", "westeurope"),
            Account("rg-other", "oai-four", "westeurope"))), Purge);

        var result = await run.RunAsync("postdown");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(
            [
                "az cognitiveservices account purge --subscription subscription --location swedencentral --resource-group rg-voice --name oai-one",
                "az cognitiveservices account purge --subscription subscription --location westeurope --resource-group rg-voice --name oai-two",
            ],
            run.Changes.Select(c => c.Trim()));
    }

    [Fact]
    public async Task Accounts_OfAnOddlyNamedEnvironment_ArePurgedAlone()
    {
        using var run = new HookRun(new Answer(Deleted, string.Join('\n',
            Account("rg-a.b_(c)", "oai-one", "swedencentral"), Account("rg-axb_c", "oai-two", "swedencentral"))), Purge);
        run["AZURE_ENV_NAME"] = "a.b_(c)";

        Assert.Equal(0, (await run.RunAsync("postdown")).ExitCode);
        Assert.Contains("--resource-group rg-a.b_(c) --name oai-one", Assert.Single(run.Changes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Environment_NeverProvisioned_HasNothingToPurge()
    {
        using var run = new HookRun();
        run.Without("AZURE_SUBSCRIPTION_ID");

        var result = await run.RunAsync("postdown");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Empty(run.Calls);
    }

    [Fact]
    public async Task Accounts_NoneDeleted_NothingIsPurged()
    {
        using var run = new HookRun(new Answer(Deleted));

        Assert.Equal(0, (await run.RunAsync("postdown")).ExitCode);
        Assert.Empty(run.Changes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Az_Failing_FailsTheHook(bool atTheList)
    {
        using var run = new HookRun(
            new Answer(Deleted, atTheList ? "no" : Account("rg-voice", "oai-one", "swedencentral"), atTheList ? 1 : 0),
            new Answer("cognitiveservices account purge *", "no", 1));

        Assert.NotEqual(0, (await run.RunAsync("postdown")).ExitCode);
    }

    [Fact]
    public async Task Az_Missing_IsSaid()
    {
        using var run = new HookRun();
        run.WithoutAz();

        var result = await run.RunAsync("postdown");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("The Azure CLI (az) is needed to purge", result.Error, StringComparison.Ordinal);
    }

    private static string Account(string group, string name, string location) =>
        $"/subscriptions/s/providers/Microsoft.CognitiveServices/locations/{location}/resourceGroups/{group}/deletedAccounts/{name}\t{name}\t{location}";
}
