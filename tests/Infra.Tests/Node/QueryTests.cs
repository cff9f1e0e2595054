using System.Text.Json.Nodes;
using Infra.Tests.Rules;

namespace Infra.Tests.Node;

/// <summary>The queries of the alerts, read by the language service of Kusto: what it does not understand would never fire.</summary>
public sealed class QueryTests
{
    [Theory]
    [InlineData("minimal")]
    [InlineData("two-region")]
    public async Task Alerts_Read_AreUnderstood(string snapshot)
    {
        var queries = Snapshot.Load(snapshot).OfType("Microsoft.Insights/scheduledQueryRules").Select(a => a.Text("properties/criteria/allOf/0/query")).ToArray();

        Assert.Equal(8, queries.Length);
        Assert.Equal("", await FindingsAsync(queries));
    }

    [Fact]
    public async Task Questions_OfTheDocuments_AreUnderstood()
    {
        var queries = Repository.Read("docs/operations.md").Split("```kusto\n").Skip(1).Select(rest => rest[..rest.IndexOf("```", StringComparison.Ordinal)]).ToArray();

        Assert.Equal(4, queries.Length);
        Assert.Equal("", await FindingsAsync(queries));
    }

    [Theory]
    [InlineData("AppTraces | where Nothing == 1", "Nothing")]
    [InlineData("AppTrace | count", "AppTrace")]
    [InlineData("AppTraces | wher true", "Query operator expected")]
    [InlineData("AZKVAuditLogs | where HttpStatusCode startswith 'x'", "")]
    public async Task Query_Planted_IsFound(string query, string finding)
    {
        var findings = await FindingsAsync([query]);

        Assert.NotEqual("", findings);
        Assert.Contains(finding, findings, StringComparison.Ordinal);
    }

    private static async Task<string> FindingsAsync(string[] queries)
    {
        var result = await NodeTools.RunAsync("check-queries.mjs", [], new JsonArray([.. queries.Select(q => (JsonNode)q)]).ToJsonString());
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        return result.Output;
    }
}
