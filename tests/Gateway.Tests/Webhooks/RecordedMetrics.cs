using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using Gateway.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Webhooks;

/// <summary>What one host records of webhooks.</summary>
internal sealed class RecordedMetrics : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<string> _events = [];
    private readonly ConcurrentQueue<string> _turns = [];

    public RecordedMetrics(IServiceProvider services)
    {
        var factory = services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == WebhookMetrics.MeterName && ReferenceEquals(instrument.Meter.Scope, factory)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) =>
        {
            var values = new List<string> { instrument.Name.Split('.')[^1] };
            foreach (var tag in tags) values.Add(tag.Value?.ToString() ?? "-");
            _events.Enqueue(string.Join(' ', values));
        });
        _listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => _turns.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{instrument.Name.Split('.')[^1]} {value}")));
        _listener.Start();
    }

    public IReadOnlyCollection<string> Events => _events;

    public IReadOnlyCollection<string> Turns => _turns;

    public void Dispose() => _listener.Dispose();
}
