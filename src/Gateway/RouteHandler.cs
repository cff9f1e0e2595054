using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Gateway.Errors;
using Gateway.Turns;
using Microsoft.Extensions.Logging;

namespace Gateway;

/// <summary>What all routes have in common: an id for the request, and no exception that leaves.</summary>
public abstract partial class RouteHandler
{
    private protected RouteHandler(ILogger log) => Log = log;

    /// <summary>A secret is absent that the route needs. Its name is for the log.</summary>
    internal static Failure LacksSecret { get; } = new(503, "not_ready", "The endpoint has not read the secrets that it needs for this.") { RetryAfter = "30" };

    /// <summary>The sender did not wait. Nobody is told; it is how a sender's time-out looks in the log.</summary>
    internal static Failure HungUp { get; } = new(499, "interrupted", "The caller hung up.");

    private protected static Failure Unforeseen { get; } = TurnFailures.Of(AttemptOutcome.Failed, refusal: null)!;

    private protected ILogger Log { get; }

    /// <summary>Answers a request. Nothing is thrown: what was not foreseen becomes a response with status 500.</summary>
    /// <param name="context">The request and its response.</param>
    /// <param name="hangUp">
    /// Cancelled when the caller has hung up. Under the Functions host that is told in two ways, <see cref="HttpContext.RequestAborted"/>
    /// and the function's own token, and either may come late: link both.
    /// </param>
    public async Task HandleAsync(HttpContext context, CancellationToken hangUp)
    {
        var requestId = string.Create(36, 0, static (id, _) =>
        {
            "req_".CopyTo(id);
            RandomNumberGenerator.GetHexString(id[4..], lowercase: true);
        });
        context.Response.Headers["x-request-id"] = requestId;
        try
        {
            await AnswerAsync(context, requestId, hangUp);
        }
        catch (OperationCanceledException) when (hangUp.IsCancellationRequested)
        {
            // Nobody is there to be told.
        }
        catch (Exception e)
        {
            ReportUnforeseen(e, requestId);
            await FailAsync(context, hangUp);
        }
    }

    private protected abstract ValueTask AnswerAsync(HttpContext context, string requestId, CancellationToken hangUp);

    private protected static async Task WriteJsonAsync(HttpResponse response, int status, Action<Utf8JsonWriter> write, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>(256);
        await using (var json = new Utf8JsonWriter(body)) write(json);
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
        response.ContentLength = body.WrittenCount;
        await response.BodyWriter.WriteAsync(body.WrittenMemory, cancellationToken);
    }

    private static async Task FailAsync(HttpContext context, CancellationToken hangUp)
    {
        try
        {
            if (context.Response.HasStarted) context.Abort();
            else await ErrorEnvelope.WriteAsync(context.Response, Unforeseen, hangUp);
        }
        catch (Exception)
        {
            // The connection is gone as well, and there is nobody left to tell.
        }
    }

    /// <summary>Logs the exception's kind and where it came from, and not its message: that may quote the prompt.</summary>
    private protected void ReportUnforeseen(Exception exception, string requestId) =>
        LogUnforeseen(Log, requestId, exception.GetType().Name, exception.InnerException?.GetType().Name, exception.StackTrace);

    [LoggerMessage(100, LogLevel.Error, "Request {RequestId} failed in a way that was not foreseen: {Exception} ({InnerException})\n{StackTrace}")]
    private static partial void LogUnforeseen(ILogger log, string requestId, string exception, string? innerException, string? stackTrace);
}
