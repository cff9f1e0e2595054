using Microsoft.Extensions.Logging;

namespace Gateway.Privacy;

/// <summary>Hands out all there is of an end user.</summary>
public sealed class EndUserExportHandler : EndUserHandler
{
    private readonly PrivacyServices _services;

    internal EndUserExportHandler(PrivacyServices services, ILogger<EndUserExportHandler> log)
        : base(services, log) => _services = services;

    private protected override string Operation => "export";

    private protected override async Task ServeAsync(HttpContext context, IReadOnlyList<string> endUsers, IReadOnlyList<string> keys, PrivacyEnd end, CancellationToken hangUp)
    {
        var export = _services.Export();
        var plan = await export.PlanAsync(endUsers, keys, hangUp);
        end.Conversations = plan.Calls.Count;

        context.Response.ContentType = "application/zip";
        context.Response.Headers.ContentDisposition = "attachment; filename=\"end-user.zip\"";
        context.Response.Headers.CacheControl = "no-store";
        end.Outcome = PrivacyOutcome.Interrupted;
        try
        {
            await context.Response.StartAsync(hangUp);
            await using var output = new ZipOutput(context.Response.BodyWriter);
            end.Blobs = await export.WriteAsync(plan, output, hangUp);
            await output.FlushAsync(hangUp);
            end.Outcome = PrivacyOutcome.Done;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Its kind alone: what a service says may name somebody. Cut off, so that nobody takes it for whole.
            PrivacyLog.Unavailable(Log, e.GetType().Name);
            context.Abort();
        }
    }
}
