using Microsoft.Extensions.Hosting;

namespace Gateway.Turns;

/// <summary>Whether this process has only just started: its first callers have waited for that already.</summary>
internal sealed class ProcessAge(TimeProvider time) : IHostedService
{
    private static readonly TimeSpan Youth = TimeSpan.FromSeconds(5);

    private readonly long _started = time.GetTimestamp();

    public bool IsYoung => time.GetElapsedTime(_started) < Youth;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
