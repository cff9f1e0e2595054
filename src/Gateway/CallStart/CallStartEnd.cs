using Gateway.Errors;

namespace Gateway.CallStart;

/// <summary>How a start webhook ends, as it is found out.</summary>
internal sealed class CallStartEnd(long start)
{
    public long Start => start;

    /// <summary>Null where the call gets its answer.</summary>
    public Failure? Failure { get; set; }

    public string? Caller { get; set; }

    public string? AgentId { get; set; }

    public CallIdentity Identity { get; set; }

    public RecallOutcome Recall { get; set; }
}
