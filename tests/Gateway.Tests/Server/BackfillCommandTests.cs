using System.Diagnostics;
using System.Reflection;
using Gateway.Tests.ElevenLabs;
using Gateway.Tests.Storage;

namespace Gateway.Tests.Server;

/// <summary>The command, as <c>dotnet run --project src/Server -- backfill</c> starts it.</summary>
public sealed class BackfillCommandTests
{
    [Fact]
    public async Task Backfill_OfACall_StoresItAndSaysSo()
    {
        using var folder = new TemporaryFolder();
        await using var elevenLabs = await FakeElevenLabs.StartAsync();
        var started = TimeProvider.System.GetUtcNow().AddHours(-2);
        elevenLabs.Conversations.Add(new("conv_1", started.ToUnixTimeSeconds(), Recording: [1, 2, 3]));
        string[] arguments = ["backfill", "--since", started.AddDays(-1).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture), "--agent", "agent_1"];
        Dictionary<string, string> settings = new()
        {
            ["Webhooks__Enabled"] = "true",
            ["Webhooks__KeepTranscripts"] = "true",
            ["Webhooks__KeepAudio"] = "true",
            ["Storage__Folder"] = folder.Path,
            ["ElevenLabs__KeySecret"] = "elevenlabs-key",
            ["ElevenLabs__Endpoint"] = elevenLabs.Endpoint.AbsoluteUri,
            ["Secrets__0__Name"] = "elevenlabs-key",
            ["Secrets__0__Value"] = FakeElevenLabs.Key,
            // Without it the server would keep one with the files of whoever runs this.
            ["Secrets__1__Name"] = "end-user-key",
            ["Secrets__1__Value"] = "0123456789",
        };

        var first = await RunAsync(arguments, settings);
        var second = await RunAsync(arguments, settings);
        settings["Secrets__0__Value"] = "another";
        var refused = await RunAsync(arguments, settings);

        Assert.Equal(0, first.Code);
        Assert.StartsWith($"What is fetched goes to the folder {folder.Path}.{Environment.NewLine}", first.Output, StringComparison.Ordinal);
        Assert.EndsWith("Calls listed: 1; already there: 0; forgotten: 0; not done yet: 0. Added: 1 transcripts, 1 recordings. Failed: none.", first.Output.Trim(), StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFiles(Path.Combine(folder.Path, "blobs"), "conv_1.*", SearchOption.AllDirectories).Length);
        Assert.Equal(0, second.Code);
        Assert.Contains("already there: 1;", second.Output, StringComparison.Ordinal);
        Assert.Equal(1, refused.Code);
        Assert.Contains("Stopped: ElevenLabs' list: HTTP 401.", refused.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(new[] { first, second, refused }, run => (run.Output + run.Error).Contains("conv_1", StringComparison.Ordinal) || (run.Output + run.Error).Contains(FakeElevenLabs.Key, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("The option '--since' is required.")]
    [InlineData("The option '--since' has no value.", "--since")]
    [InlineData("The option '--since' has no value.", "--since", "--until", "2020-11-01")]
    [InlineData("The option '--since' wants a time, and 'yesterday' is none.", "--since", "yesterday")]
    [InlineData("The option '--since' wants a time, and '2020-13-01' is none.", "--since", "2020-13-01")]
    [InlineData("The option '--since' is in the future.", "--since", "9999-01-01")]
    [InlineData("The option '--until' must be later than '--since'.", "--since", "2020-11-02", "--until", "2020-11-01")]
    [InlineData("The option '--until' must be later than '--since'.", "--since", "2020-11-02", "--until", "2020-11-02")]
    [InlineData("The option '--until' wants a time, and 'x' is none.", "--since", "2020-11-02", "--until", "x")]
    [InlineData("The option '--since' is there twice.", "--since", "2020-11-02", "--since", "2020-11-03")]
    [InlineData("The option '--agent' has no value.", "--since", "2020-11-02", "--agent")]
    [InlineData("The option '--agent' wants an agent's id, of letters, digits, '_' and '-'.", "--since", "2020-11-02", "--agent", "../agent")]
    [InlineData("The option '--agent' wants an agent's id, of letters, digits, '_' and '-'.", "--since", "2020-11-02", "--agent", "")]
    [InlineData("Unknown option '--sinec'.", "--sinec", "2020-11-01")]
    [InlineData("Unknown option '--force'.", "--since", "2020-11-02", "--force", "1")]
    public async Task Arguments_Wrong_AreNamedBeforeTheUsageAndAnsweredWithTwo(string problem, params string[] arguments)
    {
        var (code, output, error) = await RunAsync(["backfill", .. arguments], []);

        Assert.Equal(2, code);
        Assert.StartsWith($"{problem}{Environment.NewLine}Usage: backfill --since", error, StringComparison.Ordinal);
        Assert.Empty(output);
    }

    [Fact]
    public async Task Settings_Wrong_AreNamedAndAnsweredWithTwo()
    {
        var nothingKept = await RunAsync(["backfill", "--since", "2020-11-01T08:00:00+01:00"], []);
        var wrong = await RunAsync(["backfill", "--since", "2020-11-01"], new() { ["ElevenLabs__Endpoint"] = "http://api.elevenlabs.io" });

        Assert.Equal((2, "Nothing is kept: set Webhooks__Enabled, and Webhooks__KeepTranscripts, Webhooks__KeepAudio or a caller's memory."), (nothingKept.Code, nothingKept.Error.Trim()));
        Assert.Equal((2, "ElevenLabs__Endpoint must be https; plain http is for this machine only."), (wrong.Code, wrong.Error.Trim()));
    }

    [Theory]
    [InlineData("Storage__Uri", "https://calls.blob.core.windows.net/", "the account calls.blob.core.windows.net")]
    [InlineData("Storage__ConnectionString", "UseDevelopmentStorage=true", "the account of Storage__ConnectionString")]
    public async Task Backfill_IntoAnAccount_NamesItBeforeItBegins(string setting, string value, string account)
    {
        // Ends before it asks anybody: a secret is absent.
        var (code, output, error) = await RunAsync(
            ["backfill", "--since", "2020-11-01"],
            new() { ["Webhooks__Enabled"] = "true", ["Webhooks__KeepTranscripts"] = "true", [setting] = value, ["ElevenLabs__KeySecret"] = "elevenlabs-key", ["Secrets__0__Name"] = "end-user-key", ["Secrets__0__Value"] = "0123456789" });

        Assert.Equal(2, code);
        Assert.StartsWith($"What is fetched goes to {account}.{Environment.NewLine}", output, StringComparison.Ordinal);
        Assert.Contains("elevenlabs-key", Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folder_ThatCannotBeMade_IsNamedAndAnsweredWithTwo()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);

        var (code, output, error) = await RunAsync(
            ["backfill", "--since", "2020-11-01"],
            new()
            {
                ["Webhooks__Enabled"] = "true",
                ["Webhooks__KeepTranscripts"] = "true",
                ["Storage__Folder"] = Path.Combine(file, "calls"),
                ["ElevenLabs__KeySecret"] = "elevenlabs-key",
                ["Secrets__0__Name"] = "elevenlabs-key",
                ["Secrets__0__Value"] = FakeElevenLabs.Key,
                ["Secrets__1__Name"] = "end-user-key",
                ["Secrets__1__Value"] = "0123456789",
            });

        Assert.Equal(2, code);
        Assert.StartsWith("Storage__Folder cannot be made: ", Assert.Single(error.Trim().Split('\n')), StringComparison.Ordinal);
        Assert.Empty(output);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string[] arguments, Dictionary<string, string> settings)
    {
        var server = Path.Combine(Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location)!, "Server.dll");
        var start = new ProcessStartInfo("dotnet", [server, .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = Path.GetTempPath() };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        foreach (var (name, value) in settings) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, error);
    }
}
