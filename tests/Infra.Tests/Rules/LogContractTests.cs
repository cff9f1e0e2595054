using System.Text.RegularExpressions;
using Gateway.Options;
using Gateway.Privacy;
using Gateway.Requests;
using Gateway.Routing;
using Gateway.Turns;
using Gateway.Webhooks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Infra.Tests.Rules;

/// <summary>The alerts and the documents' questions read the text of the lines that the gateway writes per turn, per attempt that failed, and of ElevenLabs' times: they are held together here.</summary>
public sealed partial class LogContractTests
{
    private const string DeploymentName = "gpt-5.4-mini-germanywestcentral";

    private static readonly string[] OfATurn = ["Outcome", "Status", "Deployment", "FirstToken", "Spoken"];

    private static readonly string[] OfAnAttempt = ["Outcome", "Status", "Deployment"];

    private static readonly string[] OfTheTimes = ["Agent", "FirstToken", "FirstSentence"];

    private static string[] Queries =>
        [.. Snapshot.Load("two-region").OfType("Microsoft.Insights/scheduledQueryRules").Select(a => a.Text("properties/criteria/allOf/0/query"))];

    [Fact]
    public void Outcomes_OfTheQueries_AreThoseOfTheGateway()
    {
        var named = NamesIn(Outcome());

        Assert.Contains("RateLimited", named);
        Assert.Empty(named.Except(Enum.GetNames<AttemptOutcome>()));
    }

    [Fact]
    public void Spoken_OfTheQueries_IsWhatTheGatewaySays()
    {
        var named = NamesIn(Spoken());

        Assert.Contains("Fallback", named);
        Assert.Empty(named.Except(Enum.GetNames<SpokenAs>()));
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
            Deployment = NewDeployment(),
            Attempts = 3,
            Hedges = 1,
            BufferWords = 2,
            Spoken = SpokenAs.Closing,
        };

        Assert.All(TurnPatterns(), pattern => Assert.Equal(
            ["Unavailable", "502", DeploymentName, "412.5", "Closing"], TakeApart(pattern, Line(log => TurnLog.Completed(log, turn, 502)), OfATurn)));
    }

    [Fact]
    public void Line_OfATurnThatCameToNothing_IsTakenApartByEveryQuery()
    {
        using var turn = new Turn("req_1", TimeProvider.System) { Outcome = AttemptOutcome.NotReady };

        Assert.All(TurnPatterns(), pattern => Assert.Equal(
            ["NotReady", "503", "", "", "Answer"], TakeApart(pattern, Line(log => TurnLog.Completed(log, turn, 503)), OfATurn)));
    }

    [Fact]
    public void Line_OfASpokenFallback_IsTakenApartByEveryQuery()
    {
        using var turn = new Turn("req_1", TimeProvider.System) { Outcome = AttemptOutcome.TimedOut, Deployment = NewDeployment(), Spoken = SpokenAs.Fallback };

        Assert.All(TurnPatterns(), pattern => Assert.Equal(
            ["TimedOut", "200", DeploymentName, "", "Fallback"], TakeApart(pattern, Line(log => TurnLog.Completed(log, turn, 200)), OfATurn)));
    }

    [Fact]
    public void Line_OfAnAttempt_IsTakenApartByEveryQuery()
    {
        using var turn = new Turn("req_1", TimeProvider.System);
        using var attempt = new Attempt(NewDeployment(), new PooledBuffer(), relay: null, caller: null!, TimeSpan.Zero, new Signal()) { Sent = default, Outcome = AttemptOutcome.Unreachable };

        Assert.All(AttemptPatterns(), pattern => Assert.Equal(
            ["Unreachable", "0", DeploymentName], TakeApart(pattern, Line(log => TurnLog.Failed(log, turn, attempt, TimeSpan.FromMilliseconds(20.5))), OfAnAttempt)));
    }

    [Fact]
    public void Line_OfElevenLabsTimes_IsTakenApartByTheQuery()
    {
        var call = new WebhookEvent { AgentId = "agent_1", ConversationId = "conv_1", TimesToFirstToken = { 0.37, 0.5 }, TimesToFirstSentence = { 0.55 } };
        var none = new WebhookEvent { AgentId = "agent_1", ConversationId = "conv_1", TimesToFirstToken = { 0.37 } };

        Assert.All(TimesPatterns(), pattern => Assert.Equal(["agent_1", "370 500", "550"], TakeApart(pattern, Line(log => WebhookLog.Turns(log, call, "req_1")), OfTheTimes)));
        Assert.All(TimesPatterns(), pattern => Assert.Equal(["agent_1", "370", ""], TakeApart(pattern, Line(log => WebhookLog.Turns(log, none, "req_1")), OfTheTimes)));
    }

    [Fact]
    public void Examples_OfTheDocuments_AreTakenApartByEveryQuery()
    {
        var lines = Repository.Read("docs/operations.md").Split('\n');
        var times = lines.Where(line => line.StartsWith("Times at ElevenLabs: ", StringComparison.Ordinal)).ToList();
        Assert.All(TimesPatterns(), pattern => Assert.Equal(["412 655 398", "640 902 611"], TakeApart(pattern, Assert.Single(times), OfTheTimes)[1..]));
        var turns = lines.Where(line => line.StartsWith("Turn ", StringComparison.Ordinal)).ToList();
        var attempts = lines.Where(line => line.StartsWith("Attempt ", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(turns);
        Assert.NotEmpty(attempts);
        Assert.All(TurnPatterns(), pattern => Assert.Equal(
            ["Answer", "Fallback"], turns.Select(line => TakeApart(pattern, line, OfATurn)[^1]).Distinct()));
        Assert.All(AttemptPatterns(), pattern => Assert.Contains(
            ["RateLimited", "429", "gpt-5.4-mini"], attempts.Select(line => TakeApart(pattern, line, OfAnAttempt))));
    }

    // No query reads these, so each is compared as it is written, with the values that it names.
    [Fact]
    public void Example_OfARequestAboutAnEndUser_IsTheLineThatIsWritten()
    {
        var line = Line(log => PrivacyLog.Ended(log, "delete", PrivacyOutcome.Incomplete, errorCode: null, conversations: 3, blobs: 6, durationMs: 412.7, "req_5fe10549d112099b71f72267ab42dfc9"));
        var warning = Line(log => PrivacyLog.NotDeleted(log, "elevenlabs", "HTTP 403"));

        Assert.Contains($"```text\n{warning}\n{line}\n```", Repository.Read("docs/operations.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void Example_OfATurnOfOneAttempt_EndsAsTheLineThatIsWritten()
    {
        using var turn = new Turn("req_0c1f5d3b8a7e4f26b9d2a6e47c1038d5", TimeProvider.System) { Outcome = AttemptOutcome.Completed, Deployment = NewDeployment(), Attempts = 1 };

        var end = Line(log => TurnLog.Completed(log, turn, 200)).Split(", tokens 0 (0 cached) + 0, ")[1];

        Assert.Contains($", tokens 13 (0 cached) + 32, {end}\n", Repository.Read("docs/operations.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void Line_OfAnotherKind_IsNeither()
    {
        Assert.All(TurnPatterns(), pattern => Assert.DoesNotMatch(pattern, "Turn the page (1 of 2)"));
        Assert.All(AttemptPatterns(), pattern => Assert.DoesNotMatch(pattern, "Attempt to read the page (1 of 2)"));
    }

    [GeneratedRegex("Outcome (?:==|!=|in) ?(?:\"[A-Za-z]+\"|\\([^)]*\\))")]
    private static partial Regex Outcome();

    [GeneratedRegex("Spoken (?:==|!=|in) ?(?:\"[A-Za-z]+\"|\\([^)]*\\))")]
    private static partial Regex Spoken();

    [GeneratedRegex("\"([A-Za-z]+)\"")]
    private static partial Regex Name();

    [GeneratedRegex("parse Message with (.+)")]
    private static partial Regex Parse();

    [GeneratedRegex("\"(?<text>[^\"]*)\"|(?<any>\\*)|(?<name>\\w+)(?::(?<type>\\w+))?")]
    private static partial Regex Part();

    private static List<string> NamesIn(Regex comparison) =>
        [.. Queries.SelectMany(q => comparison.Matches(q)).SelectMany(m => Name().Matches(m.Value)).Select(m => m.Groups[1].Value).Distinct()];

    private static List<Regex> TurnPatterns() => Patterns("\"Turn \"", inQueries: 6, inDocuments: 1);

    private static List<Regex> AttemptPatterns() => Patterns("\"Attempt \"", inQueries: 2, inDocuments: 1);

    private static List<Regex> TimesPatterns() => Patterns("\"Times at ElevenLabs: ", inQueries: 0, inDocuments: 1);

    // What the operator parse does with a line, as a regular expression: texts in their order, and what stands between them.
    private static List<Regex> Patterns(string beginning, int inQueries, int inDocuments)
    {
        var parsed = Queries.Append(Repository.Read("docs/operations.md")).SelectMany(q => Parse().Matches(q))
            .Select(m => m.Groups[1].Value).Where(p => p.StartsWith(beginning, StringComparison.Ordinal)).ToList();
        Assert.Equal(inQueries + inDocuments, parsed.Count);
        return parsed.ConvertAll(p => new Regex("^" + string.Concat(Part().Matches(p).Select(part =>
            part.Groups["text"].Success ? Regex.Escape(part.Groups["text"].Value)
            : part.Groups["any"].Success ? ".*?"
            : part.Groups["type"].Value == "int" ? $"(?<{part.Groups["name"].Value}>[0-9]+)" : $"(?<{part.Groups["name"].Value}>.*?)")) + "$"));
    }

    private static string[] TakeApart(Regex pattern, string line, string[] names)
    {
        var match = pattern.Match(line);
        Assert.True(match.Success, line);
        return [.. names.Select(name => match.Groups[name].Value)];
    }

    private static Deployment NewDeployment() => new(new DeploymentOptions { Name = DeploymentName }, null!, TimeProvider.System, NullLogger.Instance);

    private static string Line(Action<ILogger> write)
    {
        var lines = new Lines();
        write(lines);
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
