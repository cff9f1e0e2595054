using System.Text.RegularExpressions;
using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.Turns;

namespace EndToEnd.Tests.QuickStart;

/// <summary>What somebody does who has just cloned the repository: start the server, and paste the line that it prints.</summary>
public sealed partial class QuickStartTests(GatewayHost host)
{
    private const string AskedAgain = "Sorry, I didn't quite get that. Could you say it again, please?";

    [Fact]
    public async Task DotNetRun_NothingConfigured_PrintsALineThatIsAnswered()
    {
        var ct = TestContext.Current.CancellationToken;
        // Not in the repository, where a developer's local.settings.json would be found.
        using var folder = new TempFolder();
        await using var run = RunningProcess.Start(
            ServerProcess.DotNet,
            // What it would build first is built, and its port may be taken.
            ["run", "--no-build", "--configuration", Built.Configuration, "--project", Path.Combine(Built.Repository, "src", "Server"), "--", "--urls", "http://127.0.0.1:0"],
            folder.Path,
            ServerProcess.NoSettings(),
            host.Logs.Add);
        var address = await run.AddressAsync(ct);
        var key = Printed(KeyLine(), await run.LineAsync(static line => KeyLine().IsMatch(line), ct));
        var body = Printed(DataLine(), await run.LineAsync(static line => DataLine().IsMatch(line), ct));
        host.Logs.Forbid("the printed key", key);

        using var http = new GatewayHttp(address, key);
        using var time = CancellationTokenSource.CreateLinkedTokenSource(ct);
        time.CancelAfter(TestTimeouts.Default);
        var answer = await http.PostAsync(body, time.Token);
        // A voice caller's limits, which are seconds, are among what is not configured: on a busy machine the first answer of a cold process is late, and one has to ask again.
        while (answer.Text == AskedAgain) answer = await http.PostAsync(body, time.Token);

        Assert.Equal(200, answer.Status);
        Assert.Equal("Hello! I am an emulator, no model is behind me. That is a good question, and a model would know more about it than I do. You asked: Hello, who is there?", answer.Text);
        Assert.True(answer.IsDone);
        // Nobody takes it for a model's.
        Assert.Equal(["1"], answer.Headers.GetValues("x-emulator"));
    }

    private static string Printed(Regex line, string text) => line.Match(text).Groups[1].Value;

    [GeneratedRegex("^Key: ([0-9a-f]{32})$")]
    private static partial Regex KeyLine();

    [GeneratedRegex("^    -d '(.*)'$")]
    private static partial Regex DataLine();
}
