using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Tests.Shared.Azurite;

/// <summary>An Azurite with a folder of its own, on free ports, which it keeps when it is started again.</summary>
internal sealed partial class AzuriteProcess : IAsyncDisposable
{
    // Everybody's: it stands in Azurite's documentation.
    private const string Account = "AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("azurite-");
    private readonly Dictionary<string, int> _ports = new() { ["Blob"] = 0, ["Queue"] = 0, ["Table"] = 0 };
    private Process _process = null!;

    public string ConnectionString => "DefaultEndpointsProtocol=http;" + Account + string.Concat(
        _ports.Select(static port => string.Create(CultureInfo.InvariantCulture, $";{port.Key}Endpoint=http://127.0.0.1:{port.Value}/devstoreaccount1")));

    /// <summary>Starts one, or skips the test where it is not installed.</summary>
    public static async Task<AzuriteProcess> StartAsync()
    {
        Assert.SkipUnless(File.Exists(Script), "Azurite is not installed. With Node 20 or later: npm ci --prefix tests/azurite");
        var azurite = new AzuriteProcess();
        await azurite.RunAsync();
        return azurite;
    }

    /// <summary>Runs it again, on the ports that it had.</summary>
    public async Task RunAsync()
    {
        _process = Process.Start(new ProcessStartInfo(
            "node",
            [
                Script, "--location", _folder.FullName, "--skipApiVersionCheck", "--disableTelemetry", "--silent",
                .. _ports.SelectMany(static port => new[] { $"--{port.Key.ToLowerInvariant()}Port", port.Value.ToString(CultureInfo.InvariantCulture) }),
            ])
        {
            RedirectStandardOutput = true,
        })!;
        for (var listening = 0; listening < _ports.Count;)
        {
            var line = await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience)
                ?? throw new InvalidOperationException("Azurite has ended before it listened.");
            if (Listening().Match(line) is not { Success: true } match) continue;
            _ports[match.Groups[1].Value] = int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture);
            listening++;
        }
    }

    /// <summary>
    /// Ends it with SIGTERM. SIGKILL would prove nothing: Azurite writes its own books every five seconds, so it forgets what it has acknowledged, as the
    /// service that it stands for does not.
    /// </summary>
    public async Task EndAsync()
    {
        using var kill = Process.Start("/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -TERM {_process.Id}")]);
        await _process.WaitForExitAsync().WaitAsync(Patience);
        _process.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static string Script { get; } = Path.Combine(Root(), "tests", "azurite", "node_modules", "azurite", "dist", "src", "azurite.js");

    [GeneratedRegex(@"Azurite (\w+) service is successfully listening at http://127\.0\.0\.1:(\d+)")]
    private static partial Regex Listening();

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "FunctionsApp.sln"))) folder = folder.Parent!;
        return folder.FullName;
    }
}
