using System.Diagnostics.Metrics;

namespace Gateway.Tools;

/// <summary>What is counted of tools. No tag whose values a sender chooses.</summary>
internal sealed class ToolMetrics
{
    public const string MeterName = "Gateway.Tools";

    private readonly Counter<long> _calls;

    // The factory disposes the meter.
    public ToolMetrics(IMeterFactory meters) =>
        _calls = meters.Create(MeterName).CreateCounter<long>("gateway.tool.calls", "{call}", "Calls of tools, by tool and error code.");

    public void Ended(string? tool, string? errorCode) => _calls.Add(1, new("tool", tool ?? "none"), new("error.type", errorCode));
}
