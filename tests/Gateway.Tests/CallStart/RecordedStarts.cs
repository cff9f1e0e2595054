using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Gateway.CallStart;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.CallStart;

/// <summary>What one host counts of calls that start.</summary>
internal sealed class RecordedStarts : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<string> _starts = [];

    public RecordedStarts(IServiceProvider services)
    {
        // The handler makes its instruments when it is first asked for; they are the host's own.
        var factory = services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == CallStartMetrics.MeterName && ReferenceEquals(instrument.Meter.Scope, factory)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) =>
        {
            var values = new List<string> { instrument.Name.Split('.')[^1] };
            foreach (var tag in tags) values.Add(tag.Value?.ToString() ?? "-");
            _starts.Enqueue(string.Join(' ', values));
        });
        _listener.Start();
    }

    public IReadOnlyCollection<string> Starts => _starts;

    public void Dispose() => _listener.Dispose();
}
