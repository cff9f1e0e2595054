using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Server;

/// <summary>Azurite, Azure Storage on this machine, as a process with its data in a folder, on free ports.</summary>
/// <param name="script">Its script, from <see cref="Find"/>.</param>
/// <param name="folder">Where its data is. No two may share one.</param>
internal sealed partial class LocalAzurite(string script, string folder) : IAsyncDisposable
{
    // Everybody's: it stands in Azurite's documentation.
    private const string Account = "AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    // Ends with whoever started it, however that ends: their end of its input closes. Its own handler writes its books first, and bears being called once: a signal that a terminal sends
    // to all in it, as Ctrl-C, is left to whoever started it. What it writes nobody else on this machine can read.
    private const string Run = """
        process.umask(0o77);
        const once = process.once;
        process.once = (name, handler) => /^SIG/.test(String(name)) ? process : once.call(process, name, handler);
        for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) process.on(signal, () => {});
        process.stdin.on('end', () => process.emit('message', 'shutdown') || process.exit()).resume();
        process.argv.splice(1, 0, 'azurite');
        require(process.argv.pop());
        """;

    private static readonly string InPackages = Path.Combine("node_modules", "azurite", "dist", "src", "azurite.js");

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, int> _ports = new() { ["Blob"] = 0, ["Queue"] = 0, ["Table"] = 0 };
    private Process? _process;

    public string ConnectionString => "DefaultEndpointsProtocol=http;" + Account + string.Concat(_ports.Keys.Select(service => $";{service}Endpoint={Endpoint(service)}"));

    /// <summary>The address of one of its services.</summary>
    public string Endpoint(string service) => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_ports[service]}/devstoreaccount1");

    /// <summary>The script of an Azurite that is installed: in <c>tests/azurite</c> of the repository that this was built in, or on the path. Null where none is, or no Node.</summary>
    public static string? Find()
    {
        string[] path = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)];
        if (!path.Any(static folder => File.Exists(Path.Combine(folder, OperatingSystem.IsWindows() ? "node.exe" : "node")))) return null;

        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "FunctionsApp.sln"))) root = root.Parent;
        if (root is not null && Path.Combine(root.FullName, "tests", "azurite", InPackages) is var own && File.Exists(own)) return own;
        return path.Select(OnPath).FirstOrDefault(static script => script is not null);
    }

    /// <summary>Runs it; it listens when this has returned.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        _process = Process.Start(new ProcessStartInfo(
            "node",
            [
                "-e", Run, "--", "--location", folder, "--skipApiVersionCheck", "--disableTelemetry", "--silent",
                .. _ports.SelectMany(static port => new[] { $"--{port.Key.ToLowerInvariant()}Port", "0" }),
                script,
            ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        for (var listening = 0; listening < _ports.Count;)
        {
            var line = await _process.StandardOutput.ReadLineAsync(cancellationToken).AsTask().WaitAsync(Patience, cancellationToken)
                ?? throw new InvalidDataException("Azurite has ended before it listened.");
            if (Listening().Match(line) is not { Success: true } match) continue;
            _ports[match.Groups[1].Value] = int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture);
            listening++;
        }
    }

    /// <summary>
    /// Ends it, and lets it write its books. Killed it would forget what it has acknowledged in the last five seconds, as the service that it stands for does not.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (_process is null) return;
        _process.StandardInput.Close();
        await _process.WaitForExitAsync().WaitAsync(Patience);
        _process.Dispose();
        _process = null;
    }

    // What npm puts there for a package that is installed globally: a link to the script, or on Windows a command beside the packages.
    private static string? OnPath(string folder)
    {
        var command = new FileInfo(Path.Combine(folder, "azurite"));
        if (command.LinkTarget is not null && command.ResolveLinkTarget(returnFinalTarget: true) is { Exists: true } script) return script.FullName;
        return Path.Combine(folder, InPackages) is var beside && command.Exists && File.Exists(beside) ? beside : null;
    }

    [GeneratedRegex(@"Azurite (\w+) service is successfully listening at http://127\.0\.0\.1:(\d+)")]
    private static partial Regex Listening();
}
