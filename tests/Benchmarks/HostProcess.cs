using System.Diagnostics;
using Benchmarks.Hosts;

namespace Benchmarks;

/// <summary>A host in a process of its own. Disposing it closes its standard input, which ends it.</summary>
internal sealed class HostProcess : IDisposable
{
    private readonly Process _process;

    private HostProcess(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    /// <summary>Starts a role of <see cref="HostRole"/> and waits until it listens.</summary>
    public static Task<HostProcess> StartAsync(string role, params string[] args) =>
        StartAsync([typeof(HostProcess).Assembly.Location, "host", role, .. args], HostRole.Listening, new Dictionary<string, string?>());

    /// <summary>Starts <c>dotnet</c> and waits for the line with its address.</summary>
    public static async Task<HostProcess> StartAsync(string[] command, string beforeAddress, IReadOnlyDictionary<string, string?> environment)
    {
        var start = new ProcessStartInfo("dotnet", command) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (!line.Contains(beforeAddress, StringComparison.Ordinal)) continue;
            // The log goes on, and a full pipe would stop the process.
            _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
            return new HostProcess(process, new Uri(line.Trim()[beforeAddress.Length..].Split(',')[0]));
        }

        throw new InvalidOperationException($"The process of '{string.Join(' ', command)}' ended before it listened.");
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(5000)) _process.Kill();
        _process.Dispose();
    }
}
