using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests;

/// <summary>What one host records by a meter. Others in the same process have meters of the same name; theirs are of other factories.</summary>
internal sealed class RecordedMeter : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<string> _counts = [];
    private readonly ConcurrentQueue<string> _values = [];

    public RecordedMeter(IServiceProvider services, string meter)
    {
        // Also instruments that are made later, when a handler is first asked for.
        var factory = services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == meter && ReferenceEquals(instrument.Meter.Scope, factory)) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) =>
        {
            var values = new List<string> { Name(instrument) };
            foreach (var tag in tags) values.Add(tag.Value?.ToString() ?? "-");
            _counts.Enqueue(string.Join(' ', values));
        });
        _listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => _values.Enqueue(string.Create(CultureInfo.InvariantCulture, $"{Name(instrument)} {value}")));
        _listener.Start();
    }

    /// <summary>What was counted: the last part of the instrument's name and the values of its tags, in their order.</summary>
    public IReadOnlyCollection<string> Counts => _counts;

    /// <summary>What was measured: the last part of the instrument's name and the value.</summary>
    public IReadOnlyCollection<string> Values => _values;

    public void Dispose() => _listener.Dispose();

    private static string Name(Instrument instrument) => instrument.Name.Split('.')[^1];
}
