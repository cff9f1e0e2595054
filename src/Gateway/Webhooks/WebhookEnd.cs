using Gateway.Errors;

namespace Gateway.Webhooks;

/// <summary>How a webhook ends, as it is found out.</summary>
internal sealed class WebhookEnd(long start, string requestId)
{
    public long Start => start;

    public string RequestId => requestId;

    public WebhookOutcome Outcome { get; set; }

    public Failure? Failure { get; set; }

    /// <summary>Null until its signature was right.</summary>
    public WebhookEvent? Event { get; set; }

    /// <summary>Whether what came is kept, now or before.</summary>
    public bool IsKept { get; set; }

    public long Length { get; set; }
}
