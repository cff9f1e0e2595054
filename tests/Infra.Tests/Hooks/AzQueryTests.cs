using System.Text.Json.Nodes;
using Infra.Tests.Node;

namespace Infra.Tests.Hooks;

/// <summary>What the hooks' queries make of answers of the shape that az documents: the stand-ins print their result and cannot tell.</summary>
public sealed class AzQueryTests
{
    private const string Models = """
        [
          { "kind": "AIServices", "model": { "name": "gpt-5.4-mini", "version": "2026-03-17", "lifecycleStatus": "GenerallyAvailable", "skus": [{ "name": "Standard" }] } },
          { "kind": "OpenAI", "model": { "name": "gpt-5.4-mini", "version": "2026-03-17", "lifecycleStatus": "GenerallyAvailable",
              "deprecation": { "inference": "2027-03-18T00:00:00Z" }, "skus": [{ "name": "GlobalStandard" }, { "name": "DataZoneStandard" }] } },
          { "kind": "OpenAI", "model": { "name": "gpt-5.4-mini", "version": "2026-09-01", "lifecycleStatus": "Preview", "deprecation": null, "skus": null } },
          { "kind": "OpenAI", "model": { "name": "gpt-5.4", "version": "2026-03-05", "lifecycleStatus": "GenerallyAvailable", "skus": [] } }
        ]
        """;

    private const string Vaults = """
        [
          { "name": "kv-mine", "properties": { "location": "swedencentral", "tags": { "azd-env-name": "voice", "azd-template": "elevenlabs-azure-openai" } } },
          { "name": "kv-elsewhere", "properties": { "location": "westeurope", "tags": { "azd-env-name": "voice", "azd-template": "elevenlabs-azure-openai" } } },
          { "name": "kv-another", "properties": { "location": "swedencentral", "tags": { "azd-env-name": "test", "azd-template": "elevenlabs-azure-openai" } } },
          { "name": "kv-of-another-template", "properties": { "location": "swedencentral", "tags": { "azd-env-name": "voice" } } },
          { "name": "kv-bare", "properties": { "location": "swedencentral", "tags": null } }
        ]
        """;

    public static TheoryData<string, string, string> Cases => new()
    {
        { "cognitiveservices model list", Models, """[["2026-03-17","GenerallyAvailable","2027-03-18T00:00:00Z","GlobalStandard,DataZoneStandard"],["2026-09-01","Preview",null,""]]""" },
        { "cognitiveservices usage list", """[{ "name": { "value": "OpenAI.GlobalStandard.gpt-5.4-mini" }, "limit": 250.0, "currentValue": 10.0 }, { "name": { "value": "AIServices.S0.AccountCount" }, "limit": 1.0, "currentValue": 0.0 }]""", """[["OpenAI.GlobalStandard.gpt-5.4-mini",250,10]]""" },
        { "cognitiveservices account list", """[{ "name": "mine", "resourceGroup": "rg-voice", "location": "swedencentral" }, { "name": "other", "resourceGroup": "rg-x", "location": "swedencentral" }, { "name": "far", "resourceGroup": "rg-voice", "location": "westeurope" }]""", """[["mine","rg-voice"],["other","rg-x"]]""" },
        { "cognitiveservices account deployment list", """[{ "name": "a", "properties": { "model": { "name": "gpt-5.4-mini" } }, "sku": { "name": "GlobalStandard", "capacity": 250 } }]""", """[["gpt-5.4-mini","GlobalStandard",250]]""" },
        { "functionapp list-flexconsumption-locations", """[{ "name": "Sweden Central" }, { "name": "westeurope" }]""", """["Sweden Central","westeurope"]""" },
        { "rest --method get", """{ "value": [{ "name": "mine", "properties": { "timePeriod": { "startDate": "2020-01-01T00:00:00Z" } } }, { "name": "budget-voice", "properties": { "timePeriod": { "startDate": "2026-11-01T00:00:00Z" } } }] }""", "\"2026-11-01T00:00:00Z\"" },
        { "keyvault list-deleted", Vaults, """["kv-mine"]""" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Query_OverADocumentedAnswer_FindsWhatIsMeant(string call, string document, string found)
    {
        using var run = new HookRun(
            new Answer("account show *"),
            new Answer("functionapp *", "swedencentral"),
            new Answer("cognitiveservices model list *", "2026-03-17\tGenerallyAvailable\tNone\tGlobalStandard"),
            new Answer("cognitiveservices usage list *", "OpenAI.GlobalStandard.gpt-5.4-mini\t500.0\t0.0\nOpenAI.GlobalStandard.gpt-5.4-nano\t500.0\t0.0"),
            new Answer("cognitiveservices account list *", "mine\trg-voice"),
            new Answer("cognitiveservices account deployment list *"),
            new Answer("group exists *", "true"),
            new Answer("rest --method get *", "2026-11-01T00:00:00Z"),
            new Answer("keyvault list-deleted *"));
        Assert.Equal(0, (await run.RunAsync("preprovision")).ExitCode);
        var query = run.Queries.First(q => q.Call.StartsWith($"az {call} ", StringComparison.Ordinal)).Query;

        var input = new JsonObject { ["query"] = query, ["document"] = JsonNode.Parse(document) };
        var result = await NodeTools.RunAsync("run-query.mjs", [], input.ToJsonString());

        Assert.Equal("", result.Error);
        Assert.Equal(found, result.Output.Trim());
    }
}
