using System.Text.RegularExpressions;
using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.Turns;

namespace EndToEnd.Tests.QuickStart;

/// <summary>What somebody does who has just cloned the repository: start the server, and paste the line that it prints.</summary>
public sealed partial class QuickStartTests(GatewayHost host)
{
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
        var answer = await http.PostAsync(body, ct);

        Assert.Equal(200, answer.Status);
        Assert.NotEmpty(answer.Text);
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
