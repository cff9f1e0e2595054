using System.Diagnostics.Metrics;
using Gateway.EndUsers;

namespace Gateway.Memory;

/// <summary>What is counted of memory. No tag tells of an end user.</summary>
internal sealed class MemoryMetrics
{
    public const string MeterName = "Gateway.Memory";

    private readonly Counter<long> _recalls;
    private readonly Counter<long> _calls;

    public MemoryMetrics(IMeterFactory meters)
    {
        // The factory disposes it.
        var meter = meters.Create(MeterName);
        _recalls = meter.CreateCounter<long>("gateway.memory.recalls", "{turn}", "Turns of callers with a memory, by what it gave.");
        _calls = meter.CreateCounter<long>("gateway.memory.calls", "{call}", "Calls that were told by the post-call webhook, by the trust under which they are remembered.");
    }

    public void Recalled(MemoryOutcome outcome) => _recalls.Add(1, new KeyValuePair<string, object?>("outcome", outcome switch
    {
        MemoryOutcome.NoEndUser => "no_end_user",
        MemoryOutcome.None => "none",
        MemoryOutcome.Found => "found",
        MemoryOutcome.Late => "late",
        MemoryOutcome.Failed => "failed",
        MemoryOutcome.InvalidToken => "invalid_token",
        _ => "unused",
    }));

    public void Remembered(EndUserTrust? trust) => _calls.Add(1, new KeyValuePair<string, object?>("trust", trust switch
    {
        EndUserTrust.Signed => "signed",
        EndUserTrust.Phone => "phone",
        _ => "none",
    }));
}
