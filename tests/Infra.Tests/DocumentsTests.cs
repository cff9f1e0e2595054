using System.Globalization;
using System.Text.RegularExpressions;

namespace Infra.Tests;

/// <summary>What the documents of the deployment claim, where it can be counted.</summary>
public sealed partial class DocumentsTests
{
    [Fact]
    public void Costs_OfOperations_AddUp()
    {
        var sums = Sum().Matches(Repository.Read("docs/operations.md"));

        Assert.True(sums.Count >= 12);
        Assert.All(sums, sum => Assert.True(IsRight(sum.Groups[1].Value, sum.Groups[2].Value), sum.Value));
    }

    [Theory]
    [InlineData("2 x 3 + 1", "7.00", true)]
    [InlineData("2 x 3 + 1", "7.01", false)]
    [InlineData("2 x 2628000 x 0.000004", "21.02", true)]
    public void Sum_Planted_IsJudged(string terms, string result, bool right) => Assert.Equal(right, IsRight(terms, result));

    [Fact]
    public void CostTable_Columns_AddUpToTheirSums()
    {
        var rows = Repository.Read("docs/operations.md").Split('\n')
            .SkipWhile(line => !line.StartsWith("| month |", StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Trim('|').Split('|').Skip(1).Select(cell => Number(cell.Trim(' ', '*'))).ToArray()).ToList();

        Assert.Equal(7, rows.Count);
        Assert.All(Enumerable.Range(0, 3), column => Assert.Equal(rows[^1][column], rows[..^1].Sum(row => row[column])));
    }

    // What the reviewers of azd templates look for, as far as it is of this folder.
    [Theory]
    [InlineData("azure.yaml")]
    [InlineData("infra/main.bicep")]
    [InlineData("infra/main.parameters.json")]
    [InlineData(".devcontainer/devcontainer.json")]
    [InlineData(".github/workflows/azure-dev.yml")]
    [InlineData(".github/ISSUE_TEMPLATE/bug_report.yml")]
    [InlineData("CODE_OF_CONDUCT.md")]
    public void File_ThatATemplateNeeds_IsThere(string path) => Assert.True(File.Exists(Repository.PathOf(path)));

    [Fact]
    public void DevContainer_Opened_HasTheToolsOfTheHooks()
    {
        using var container = System.Text.Json.JsonDocument.Parse(Repository.Read(".devcontainer/devcontainer.json"));
        var features = container.RootElement.GetProperty("features").EnumerateObject().Select(f => f.Name).ToList();

        Assert.Contains(features, f => f.Contains("/azure-dev/azd", StringComparison.Ordinal));
        Assert.Contains(features, f => f.Contains("/azure-cli", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("preprovision")]
    [InlineData("postprovision")]
    [InlineData("postdown")]
    public void Hooks_OfTheReadme_AreThere(string hook) => Assert.Contains($"  {hook}:\n", Repository.Read("azure.yaml"), StringComparison.Ordinal);

    [GeneratedRegex(@"`([0-9.]+(?: [x+] [0-9.]+)+) = ([0-9.]+)`")]
    private static partial Regex Sum();

    private static bool IsRight(string terms, string result)
    {
        var sum = terms.Split(" + ").Sum(term => term.Split(" x ").Select(Number).Aggregate((a, b) => a * b));
        var decimals = result.Length - result.IndexOf('.', StringComparison.Ordinal) - 1;
        return decimal.Round(sum, decimals, MidpointRounding.AwayFromZero) == Number(result);
    }

    private static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);
}
