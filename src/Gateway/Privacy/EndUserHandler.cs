using Gateway.ElevenLabs;
using Gateway.Errors;
using Gateway.Memory;
using Gateway.Requests;
using Gateway.Storage;
using Microsoft.Extensions.Logging;

namespace Gateway.Privacy;

/// <summary>What both requests about an end user have in common: the admin key, the body with the id, and the line in the log.</summary>
public abstract class EndUserHandler : RouteHandler
{
    private static readonly Failure Off = new(404, "unknown_route", "Requests about end users are not switched on: Privacy__Enabled.");

    private readonly PrivacyServices _services;

    private protected EndUserHandler(PrivacyServices services, ILogger log)
        : base(log) => _services = services;

    private protected abstract string Operation { get; }

    private protected sealed override async ValueTask AnswerAsync(HttpContext context, string requestId, CancellationToken hangUp)
    {
        if (!_services.Options.Enabled)
        {
            await ErrorEnvelope.WriteAsync(context.Response, Off, hangUp);
            return;
        }

        var start = _services.Time.GetTimestamp();
        var end = new PrivacyEnd();
        try
        {
            await ServeAsync(context, end, hangUp);
        }
        catch (Exception e) when (e is StorageUnavailableException or MemoryUnavailableException or ElevenLabsException && !context.Response.HasStarted)
        {
            (end.Outcome, end.Failure) = (PrivacyOutcome.Unavailable, Unavailable(e));
            PrivacyLog.Unavailable(Log, e.Message);
        }
        finally
        {
            _services.Metrics.Ended(Operation, end.Outcome, end.Failure?.Code);
            PrivacyLog.Ended(Log, Operation, end.Outcome, end.Failure?.Code, end.Conversations, end.Blobs, _services.Time.GetElapsedTime(start).TotalMilliseconds, requestId);
        }

        if (end.Failure is not null) await ErrorEnvelope.WriteAsync(context.Response, end.Failure, hangUp);
    }

    /// <summary>Serves a request that may be, and writes its answer.</summary>
    private protected abstract Task ServeAsync(HttpContext context, IReadOnlyList<string> endUsers, IReadOnlyList<string> keys, PrivacyEnd end, CancellationToken hangUp);

    private static Failure Unavailable(Exception exception) => exception switch
    {
        MemoryUnavailableException => new Failure(503, "memory_unavailable", "A memory did not answer. Ask again.") { RetryAfter = "30" },
        ElevenLabsException => new Failure(503, "elevenlabs_unavailable", "ElevenLabs did not answer. Ask again.") { RetryAfter = "30" },
        _ => new Failure(503, "storage_unavailable", "The storage did not answer. Ask again.") { RetryAfter = "30" },
    };

    private async Task ServeAsync(HttpContext context, PrivacyEnd end, CancellationToken hangUp)
    {
        end.Failure = await _services.Access.CheckAsync(context.Request, hangUp);
        if (end.Failure == LacksSecret) end.Outcome = PrivacyOutcome.Unavailable;
        if (end.Failure is not null) return;

        using var body = new PooledBuffer();
        IReadOnlyList<string> endUsers = [];
        end.Failure = await BodyReader.ReadJsonAsync(context.Request, body, EndUserRequest.MaxBytes, hangUp) ?? EndUserRequest.Read(body.Memory, out endUsers);
        if (end.Failure is not null) return;

        if (_services.Traces.Value.KeysOf(endUsers) is not { } keys)
        {
            PrivacyLog.NoSecret(Log, _services.EndUserKeySecret);
            (end.Outcome, end.Failure) = (PrivacyOutcome.Unavailable, LacksSecret);
            return;
        }

        await ServeAsync(context, endUsers, keys, end, hangUp);
    }
}
