using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace EndToEnd.Tests.Hosts;

/// <summary>A process that the tests started, and what it has written.</summary>
internal sealed partial class RunningProcess : IAsyncDisposable
{
    private static readonly TimeSpan StopTime = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly Action<string>? _onLine;
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private readonly List<(Func<string, bool> Wanted, TaskCompletionSource<string> Found)> _waiting = [];
    // Its output and its errors. The end of both, and not the process's, is what no line comes after.
    private int _open = 2;

    private RunningProcess(ProcessStartInfo start, Action<string>? onLine)
    {
        _onLine = onLine;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) => Hear(e.Data);
        _process.ErrorDataReceived += (_, e) => Hear(e.Data);
    }

    public Process Process => _process;

    /// <summary>Starts a program, found on the path.</summary>
    /// <param name="program">Its name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="settings">Environment variables, added to ours; null takes one away.</param>
    /// <param name="onLine">Gets each line that it writes.</param>
    public static RunningProcess Start(
        string program, IEnumerable<string> arguments, string folder, IEnumerable<KeyValuePair<string, string?>>? settings = null, Action<string>? onLine = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in settings ?? []) start.Environment[name] = value;
        var running = new RunningProcess(start, onLine);
        running._process.Start();
        running._process.BeginOutputReadLine();
        running._process.BeginErrorReadLine();
        return running;
    }

    /// <summary>Waits for a line, whether it comes or has come.</summary>
    /// <exception cref="InvalidOperationException">The process has ended without it.</exception>
    public Task<string> LineAsync(Func<string, bool> wanted, CancellationToken ct)
    {
        lock (_gate)
        {
            if (_lines.Find(line => wanted(line)) is { } found) return Task.FromResult(found);
            if (_open == 0) return Task.FromException<string>(Ended());
            var waiting = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((wanted, waiting));
            return waiting.Task.WaitAsync(TestTimeouts.Default, ct);
        }
    }

    /// <summary>Waits for the line in which a server says where it listens.</summary>
    public async Task<Uri> AddressAsync(CancellationToken ct) => new(Listening().Match(await LineAsync(static line => Listening().IsMatch(line), ct)).Groups[1].Value);

    /// <summary>Waits for the end of a process that ends by itself, and returns its exit code.</summary>
    public async Task<int> EndAsync(CancellationToken ct)
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync(ct).WaitAsync(TestTimeouts.Default, ct);
        return _process.ExitCode;
    }

    /// <summary>Everything that it has written so far.</summary>
    public string Output()
    {
        lock (_gate) return string.Join('\n', _lines);
    }

    /// <summary>Asks it to stop, so that its last lines are not lost; ends it where it does not.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited && !OperatingSystem.IsWindows())
        {
            // The shell's own: a program of this name is not on every machine.
            using var kill = Process.Start("/bin/sh", ["-c", string.Create(CultureInfo.InvariantCulture, $"kill -TERM {_process.Id}")]);
            using var time = new CancellationTokenSource(StopTime);
            await _process.WaitForExitAsync(time.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    [GeneratedRegex(@"listening on (http://[^\s,]+)", RegexOptions.IgnoreCase)]
    private static partial Regex Listening();

    private void Hear(string? line)
    {
        if (line is not null) _onLine?.Invoke(line);
        lock (_gate)
        {
            if (line is null)
            {
                if (--_open == 0) _waiting.ForEach(waiting => waiting.Found.TrySetException(Ended()));
                return;
            }

            _lines.Add(line);
            foreach (var (_, found) in _waiting.Where(waiting => waiting.Wanted(line))) found.TrySetResult(line);
        }
    }

    private InvalidOperationException Ended() => new($"The process ended before it wrote the line that was waited for:\n{Output()}");
}
