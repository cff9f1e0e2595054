using Microsoft.Extensions.Logging;

namespace Gateway.Privacy;

/// <summary>Deletes all there is of an end user.</summary>
public sealed class EndUserDeleteHandler : EndUserHandler
{
    // Azure's front end cuts at 230 s. Who has more calls than that is deleted by asking again.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(180);

    private readonly PrivacyServices _services;

    internal EndUserDeleteHandler(PrivacyServices services, ILogger<EndUserDeleteHandler> log)
        : base(services, log) => _services = services;

    private protected override string Operation => "delete";

    private protected override async Task ServeAsync(HttpContext context, IReadOnlyList<string> endUsers, IReadOnlyList<string> keys, PrivacyEnd end, CancellationToken hangUp)
    {
        // Not by the caller's token: half a deletion is of no use to anybody.
        using var timeout = new CancellationTokenSource(Longest, _services.Time);
        var report = await _services.Deletion(Log).DeleteAsync(endUsers, keys, timeout.Token);
        (end.Conversations, end.Blobs) = (report.Conversations, report.Blobs);
        end.Outcome = report.IsComplete ? PrivacyOutcome.Done : PrivacyOutcome.Incomplete;
        if (!report.IsComplete) context.Response.Headers.RetryAfter = "30";
        await WriteJsonAsync(context.Response, report.IsComplete ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, report.Write, hangUp);
    }
}
