using System.Reflection;
using System.Text.RegularExpressions;
using Gateway.Turns;
using Microsoft.Extensions.Logging;

namespace Infra.Tests.Rules;

/// <summary>The alerts read the line that the gateway writes per turn: the names of both are held together here.</summary>
public sealed partial class LogContractTests
{
    // Of a feature that is to come: the alert is there first, and matches nothing until then.
    private static readonly string[] OutcomesToCome = ["Fallback"];

    private static string[] Queries =>
        [.. Snapshot.Load("two-region").OfType("Microsoft.Insights/scheduledQueryRules").Select(a => a.Text("properties/criteria/allOf/0/query"))];

    [Fact]
    public void Outcomes_OfTheQueries_AreThoseOfTheGateway()
    {
        var named = Queries.SelectMany(q => Outcome().Matches(q)).SelectMany(m => Name().Matches(m.Value)).Select(m => m.Groups[1].Value).Distinct().ToList();

        Assert.Contains("RateLimited", named);
        Assert.Empty(named.Except(Enum.GetNames<AttemptOutcome>()).Except(OutcomesToCome));
    }

    [Fact]
    public void Properties_OfTheQueries_AreThoseOfTheLine()
    {
        var line = typeof(TurnLog).GetMethods(BindingFlags.Static | BindingFlags.NonPublic)
            .Select(m => (m.Name, Message: m.GetCustomAttribute<LoggerMessageAttribute>()?.Message ?? "")).Single(m => m.Message.Length > 0);
        // EventName is added by whoever exports the line.
        var read = Queries.SelectMany(q => Property().Matches(q)).Select(m => m.Groups[1].Value).Distinct().Except(["EventName"]).ToList();

        Assert.Equal("TurnCompleted", line.Name);
        Assert.Contains("Outcome", read);
        Assert.All(read, property => Assert.Contains($"{{{property}}}", line.Message, StringComparison.Ordinal));
        Assert.All(Queries.Where(q => q.Contains("AppTraces", StringComparison.Ordinal)), q => Assert.Contains($"== \"{line.Name}\"", q, StringComparison.Ordinal));
    }

    [GeneratedRegex("Outcome (?:==|!=|in) ?(?:\"[A-Za-z]+\"|\\([^)]*\\))")]
    private static partial Regex Outcome();

    [GeneratedRegex("\"([A-Za-z]+)\"")]
    private static partial Regex Name();

    [GeneratedRegex(@"\bP\.(\w+)")]
    private static partial Regex Property();
}
