using System.Text.RegularExpressions;
using Gateway.Options;
using Gateway.Routing;
using Gateway.Turns;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Infra.Tests.Rules;

/// <summary>The alerts read the text of the line that the gateway writes per turn: both are held together here.</summary>
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
    public void Line_OfATurn_IsTakenApartByEveryQuery()
    {
        using var turn = new Turn("req_1", TimeProvider.System)
        {
            Outcome = AttemptOutcome.Unavailable,
            ErrorCode = "upstream_unavailable",
            ConversationId = "conv_1",
            TimeToFirstToken = TimeSpan.FromMilliseconds(412.5),
            Deployment = new Deployment(new DeploymentOptions { Name = "gpt-5.4-mini-germanywestcentral" }, null!, TimeProvider.System, NullLogger.Instance),
        };

        Assert.All(Patterns(), pattern => Assert.Equal(
            ("Unavailable", "502", "gpt-5.4-mini-germanywestcentral", "412.5"), TakeApart(pattern, Line(turn, 502))));
    }

    [Fact]
    public void Line_OfATurnThatCameToNothing_IsTakenApartByEveryQuery()
    {
        using var turn = new Turn("req_1", TimeProvider.System) { Outcome = AttemptOutcome.NotReady };

        Assert.All(Patterns(), pattern => Assert.Equal(("NotReady", "503", "", ""), TakeApart(pattern, Line(turn, 503))));
    }

    [Fact]
    public void Line_OfAnotherKind_IsNoTurn() => Assert.All(Patterns(), pattern => Assert.DoesNotMatch(pattern, "Turn the page (1 of 2)"));

    [GeneratedRegex("Outcome (?:==|!=|in) ?(?:\"[A-Za-z]+\"|\\([^)]*\\))")]
    private static partial Regex Outcome();

    [GeneratedRegex("\"([A-Za-z]+)\"")]
    private static partial Regex Name();

    [GeneratedRegex("parse Message with (.+)")]
    private static partial Regex Parse();

    [GeneratedRegex("\"(?<text>[^\"]*)\"|(?<any>\\*)|(?<name>\\w+)(?::(?<type>\\w+))?")]
    private static partial Regex Part();

    // What the operator parse does with a line, as a regular expression: texts in their order, and what stands between them.
    private static List<Regex> Patterns()
    {
        var parsed = Queries.Append(Repository.Read("docs/operations.md")).Select(q => Parse().Match(q)).Where(m => m.Success).ToList();
        Assert.Equal(7, parsed.Count);
        return parsed.ConvertAll(m => new Regex("^" + string.Concat(Part().Matches(m.Groups[1].Value).Select(part =>
            part.Groups["text"].Success ? Regex.Escape(part.Groups["text"].Value)
            : part.Groups["any"].Success ? ".*?"
            : part.Groups["type"].Value == "int" ? $"(?<{part.Groups["name"].Value}>[0-9]+)" : $"(?<{part.Groups["name"].Value}>.*?)")) + "$"));
    }

    private static (string, string, string, string) TakeApart(Regex pattern, string line)
    {
        var match = pattern.Match(line);
        Assert.True(match.Success, line);
        return (match.Groups["Outcome"].Value, match.Groups["Status"].Value, match.Groups["Deployment"].Value, match.Groups["FirstToken"].Value);
    }

    private static string Line(Turn turn, int status)
    {
        var lines = new Lines();
        TurnLog.Completed(lines, turn, status);
        return Assert.Single(lines.Written);
    }

    private sealed class Lines : ILogger
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add(formatter(state, exception));
    }
}
