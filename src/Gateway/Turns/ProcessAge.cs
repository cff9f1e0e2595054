using Gateway.Speech;
using Microsoft.Extensions.Hosting;

namespace Gateway.Turns;

/// <summary>Whether this process has only just started: its first callers have waited for that already.</summary>
internal sealed class ProcessAge(TimeProvider time) : IHostedService
{
    private readonly long _started = time.GetTimestamp();

    public bool IsYoung => time.GetElapsedTime(_started) < CallerSpeech.YoungProcess;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
