using Gateway.Authentication;
using Gateway.EndUsers;
using Gateway.Errors;
using Gateway.Options;
using Gateway.Requests;
using Microsoft.Extensions.Logging;

namespace Gateway.CallStart;

/// <summary>Answers ElevenLabs' question how an inbound call is to begin, while the phone rings.</summary>
public sealed class CallStartHandler : RouteHandler
{
    // Five ids and numbers; a field that is new may be some more.
    private const int MaxRequestBytes = 64 * 1024;

    private static readonly Failure Off = new(404, "unknown_route", "The start webhook is not switched on: Callers__N__CallStart__Enabled.");

    private readonly Authenticator _authenticator;
    private readonly CallStarts _starts;
    private readonly EndUserIds _ids;
    private readonly EndUserTokens _tokens;
    private readonly UpstreamWarmUp _warmUp;
    private readonly PromptWarmUp _promptWarmUp;
    private readonly CallStartMetrics _metrics;
    private readonly GatewayOptions _options;
    private readonly TimeProvider _time;

    internal CallStartHandler(
        Authenticator authenticator, CallStarts starts, EndUserIds ids, EndUserTokens tokens, UpstreamWarmUp warmUp, PromptWarmUp promptWarmUp, CallStartMetrics metrics, GatewayOptions options, TimeProvider time, ILogger<CallStartHandler> log)
        : base(log)
    {
        _authenticator = authenticator;
        _starts = starts;
        _ids = ids;
        _tokens = tokens;
        _warmUp = warmUp;
        _promptWarmUp = promptWarmUp;
        _metrics = metrics;
        _options = options;
        _time = time;
    }

    private protected override async ValueTask AnswerAsync(HttpContext context, string requestId, CancellationToken hangUp)
    {
        if (!_starts.Any)
        {
            await ErrorEnvelope.WriteAsync(context.Response, Off, hangUp);
            return;
        }

        var call = new StartingCall(_time.GetTimestamp());
        try
        {
            call.Failure = await ReceiveAsync(context.Request, call, hangUp);
            if (call.Failure is null) await LookUpAsync(call, hangUp);
        }
        catch (OperationCanceledException) when (hangUp.IsCancellationRequested)
        {
            call.Failure = HungUp;
        }

        Report(call, requestId);
        if (call.Failure == HungUp) return;
        if (call.Failure is { } failure)
        {
            await ErrorEnvelope.WriteAsync(context.Response, failure, hangUp);
            return;
        }

        // 4 answer
        await WriteJsonAsync(context.Response, StatusCodes.Status200OK, json => call.Start!.Write(json, call), hangUp);

        // 5 warm up, which nobody waits for
        _ = Task.Run(() => WarmUpAsync(call, requestId), CancellationToken.None);
    }

    private async ValueTask<Failure?> ReceiveAsync(HttpRequest request, StartingCall call, CancellationToken hangUp)
    {
        // 1 authenticate
        (call.Caller, var stranger) = await _authenticator.AuthenticateAsync(request, hangUp);
        if (call.Caller is null) return stranger;
        call.Start = _starts.Find(call.Caller.Name);
        if (call.Start is null) return Off;

        // 2 read
        using var body = new PooledBuffer();
        if (await BodyReader.ReadJsonAsync(request, body, MaxRequestBytes, hangUp) is { } unread) return unread;
        var malformed = CallStartRequest.TryRead(body.Memory, out var told);
        call.Told = told;
        return malformed;
    }

    private async ValueTask LookUpAsync(StartingCall call, CancellationToken hangUp)
    {
        // 3 identify and recall
        call.Identity = CallIdentity.Of(call.Told.CallerId, call.Caller!.Name, _ids, _tokens, _time.GetUtcNow());
        if (call.Identity.User is { } user && call.Start!.Recall is { } recall) (call.Recall, call.Remembered) = await recall.RecallAsync(user, call.ConversationId, hangUp);
    }

    private async Task WarmUpAsync(StartingCall call, string requestId)
    {
        try
        {
            await Task.WhenAll(_warmUp.ConnectAsync(call.Caller!.DefaultRoute), _promptWarmUp.WarmAsync(call.Caller, call.ConversationId, requestId));
        }
        catch (Exception e)
        {
            ReportUnforeseen(e, requestId);
        }
    }

    private void Report(StartingCall call, string requestId)
    {
        var elapsed = _time.GetElapsedTime(call.Arrival);
        _metrics.Ended(call, elapsed.TotalSeconds);
        var agentId = Conversation.IsId(call.Told.AgentId) ? call.Told.AgentId : null;
        CallStartLog.Ended(
            Log, call.Failure?.Status ?? StatusCodes.Status200OK, call.Failure?.Code, call.Caller?.Name, agentId, call.Identity.Token is not null, call.Recall, elapsed.TotalMilliseconds, requestId);
        if (call.Identity.LacksSecret) CallStartLog.NoSecret(Log, _options.EndUserKeySecret, _options.EndUserSigningSecret);
    }
}
