using System.Diagnostics;
using System.Globalization;
using EndToEnd.Tests.Logs;

namespace EndToEnd.Tests.Hosts;

/// <summary>The built server as a process of its own, on a free port, with the given settings and no others.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    // Development, so that secrets may be settings; and everything that our own code would ever log.
    private static readonly KeyValuePair<string, string?>[] Verbose = [new("ASPNETCORE_ENVIRONMENT", "Development"), new("Logging__LogLevel__Default", "Trace")];

    private readonly RunningProcess _process;
    private readonly TempFolder _folder;

    private ServerProcess(RunningProcess process, TempFolder folder) => (_process, _folder) = (process, folder);

    public Uri BaseAddress { get; private set; } = null!;

    public static async Task<ServerProcess> StartAsync(IEnumerable<KeyValuePair<string, string?>> settings, LogAudit logs, CancellationToken ct)
    {
        // Empty, so that a local.settings.json of the developer's is not found.
        var folder = new TempFolder();
        var process = RunningProcess.Start(DotNet, [Built.Server, "--urls", "http://127.0.0.1:0"], folder.Path, [.. NoSettings(), .. Verbose, .. settings], logs.Add);
        var server = new ServerProcess(process, folder);
        try
        {
            server.BaseAddress = await process.AddressAsync(ct);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes away the settings of the shell that runs the tests.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> NoSettings() => Environment.GetEnvironmentVariables().Keys.Cast<string>()
        .Where(static name => name.Contains("__", StringComparison.Ordinal))
        .Select(static name => KeyValuePair.Create(name, (string?)null));

    /// <summary>The muxer that runs these tests, or the one on the path.</summary>
    public static string DotNet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } path ? path : "dotnet";

    public Task<string> LineAsync(Func<string, bool> wanted, CancellationToken ct) => _process.LineAsync(wanted, ct);

    /// <summary>The working set, in bytes.</summary>
    public long WorkingSet()
    {
        _process.Process.Refresh();
        return _process.Process.WorkingSet64;
    }

    /// <summary>How many files and sockets are open.</summary>
    public int Handles()
    {
        _process.Process.Refresh();
        return _process.Process.HandleCount;
    }

    /// <summary>The names of the assemblies that are loaded, on Linux.</summary>
    public string[] Loaded() =>
        [.. File.ReadLines($"/proc/{_process.Process.Id}/maps").Select(static line => Path.GetFileName(line)).Where(static name => name.EndsWith(".dll", StringComparison.Ordinal)).Distinct()];

    /// <summary>What Ctrl-C in its terminal does on Linux: it and all that it has started are interrupted. Returns when it has ended.</summary>
    public async Task<(int ExitCode, string Written)> InterruptAsync()
    {
        // By their parent, which each says of itself: not every kernel lists a process's children.
        var script = string.Create(CultureInfo.InvariantCulture, $"set -- $(grep -ls '^PPid:[[:space:]]*{_process.Process.Id}$' /proc/[0-9]*/status | cut -d/ -f3); [ $# -gt 0 ] && kill -INT \"$@\" {_process.Process.Id}");
        using var kill = Process.Start("/bin/sh", ["-c", script]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);
        Assert.True(kill.ExitCode == 0, "The server has started no process, or one that could not be interrupted.");
        return (await _process.EndAsync(TestContext.Current.CancellationToken), _process.Output());
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Dispose();
    }
}
