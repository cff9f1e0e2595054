using System.Diagnostics;
using FunctionsApp.Triggers;
using Microsoft.Extensions.Hosting;

namespace FunctionsApp.Tests;

/// <summary>Runs Program.cs in this process and catches the host that it builds, by the event that every host builder writes.</summary>
internal sealed class HostBuilt : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    // Other tests build hosts at the same time.
    private static readonly AsyncLocal<HostBuilt?> Current = new();

    private readonly TaskCompletionSource<IHost> _host = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The host, once it is built, and the exit code, once it has ended.</summary>
    public static (Task<IHost> Host, Task<int> ExitCode) By(string[] args)
    {
        var built = new HostBuilt();
        var exitCode = Task.Run(() =>
        {
            Current.Value = built;
            using var subscription = DiagnosticListener.AllListeners.Subscribe(built);
            return (int)typeof(ChatCompletionsTrigger).Assembly.EntryPoint!.Invoke(null, [args])!;
        });
        return (built._host.Task.WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken), exitCode);
    }

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "Microsoft.Extensions.Hosting") value.Subscribe(this);
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (Current.Value == this && value is { Key: "HostBuilt", Value: IHost host }) _host.TrySetResult(host);
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }
}
