namespace Infra.Tests.Bicep;

/// <summary>A wrong parameter is refused before anything is created.</summary>
public sealed class BadInputTests
{
    private const string Right = "name: 'a-model', model: 'gpt-5.4-mini', version: '2026-03-17', sku: 'GlobalStandard', capacity: 1, priority: 1";

    // A line each, and the code of the error that the line must get.
    private static readonly (string Line, string? Code)[] Parameters =
    [
        ("param environmentName = ''", "BCP333"),
        ("param location = ''", "BCP333"),
        ("param alwaysReadyInstances = -1", "BCP328"),
        ("param maximumInstances = 1001", "BCP327"),
        ("param principalId = 5", "BCP033"),
        ("param principalType = 'Group'", "BCP033"),
        ("param vaultCreateMode = 'purge'", "BCP033"),
        ("param transcriptRetentionDays = 0", "BCP328"),
        ("param logDailyCapGb = 0", "BCP328"),
        ("param monthlyBudget = -1", "BCP328"),
        ("param businessHours = { timeZone: 'UTC', from: 8, to: 25 }", "BCP327"),
        ("param privateNetwork = 'yes'", "BCP033"),
        ("param purgeProtection = 1", "BCP033"),
        ("param redis = 'Balanced_B0'", "BCP033"),
        ("param redisSku = 'Balanced_B0'", "BCP259"),
        ("param settings = { Webhooks__Enabled: true }", "BCP036"),
        ("param deployments = [", null),
        ("  { " + Right + " }", null),
        ("  { " + Right + ", region: 'westeurope', spillover: 'other', raiPolicyName: 'strict' }", null),
        ("  { " + Right + ", zone: 'EU' }", "BCP037"),
        ("  { name: 'a-model', model: 'gpt-5.4-mini', sku: 'GlobalStandard', capacity: 1, priority: 1 }", "BCP035"),
        ("  { name: 'a', model: 'gpt-5.4-mini', version: '1', sku: 'GlobalStandard', capacity: 1, priority: 1 }", "BCP333"),
        ("  { name: 'a-model', model: 'gpt-5.4-mini', version: '1', sku: 'Globalstandard', capacity: 1, priority: 1 }", "BCP088"),
        ("  { name: 'a-model', model: 'gpt-5.4-mini', version: '1', sku: 'GlobalStandard', capacity: 0, priority: 1 }", "BCP328"),
        ("  { name: 'a-model', model: 'gpt-5.4-mini', version: '1', sku: 'GlobalStandard', capacity: '1', priority: 1 }", "BCP036"),
        ("  { name: 'a-model', model: 'gpt-5.4-mini', version: '1', sku: 'GlobalStandard', capacity: 1, priority: 0 }", "BCP328"),
        ("]", null),
    ];

    [Fact]
    public async Task Parameters_WrongEach_AreRefusedEach()
    {
        var result = await BuildAsync(Parameters.Select(p => p.Line));

        Assert.NotEqual(0, result.ExitCode);
        var errors = result.Error.Split('\n').Where(line => line.Contains(" : Error ", StringComparison.Ordinal)).ToList();
        Assert.All(Parameters.Index(), p =>
        {
            // The first line of the file names the template, and lines are counted from one.
            var found = errors.Where(e => e.Contains($"bad.bicepparam({p.Index + 2},", StringComparison.Ordinal)).ToList();
            if (p.Item.Code is { } code) Assert.Contains(found, e => e.Contains($"Error {code}:", StringComparison.Ordinal));
            else Assert.Empty(found);
        });
    }

    [Fact]
    public async Task Deployments_None_AreRefused()
    {
        var result = await BuildAsync(["param environmentName = 'bad'", "param location = 'swedencentral'", "param deployments = []"]);

        Assert.Contains("Error BCP332", result.Error.Replace("BCP333", "BCP332", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parameters_Right_Build()
    {
        var result = await BuildAsync(["param environmentName = 'good'", "param location = 'swedencentral'", .. Parameters.Where(p => p.Code is null).Select(p => p.Line)]);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
    }

    private static async Task<ToolResult> BuildAsync(IEnumerable<string> lines)
    {
        using var folder = TemporaryFolder.WithInfra();
        var file = folder.Write("bad.bicepparam", $"using 'infra/main.bicep'\n{string.Join('\n', lines)}\n");
        return await BicepCli.RunAsync("build-params", file, "--stdout");
    }
}
