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

    private static readonly Failure Off = new(404, "unknown_route", "The webhook is not switched on.");

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

        var end = new CallStartEnd(_time.GetTimestamp());
        // 1 authenticate
        var (caller, failure) = await _authenticator.AuthenticateAsync(context.Request, hangUp);
        end.Caller = caller?.Name;
        var start = caller is null ? null : _starts.Find(caller.Name);
        end.Failure = failure ?? (start is null ? Off : null);

        // 2 read
        using var body = new PooledBuffer();
        var call = new CallStartRequest();
        if (end.Failure is null) end.Failure = await ReadAsync(context.Request, body, hangUp) ?? CallStartRequest.TryRead(body.Memory, out call);
        if (end.Failure is not null)
        {
            Report(end, requestId);
            await ErrorEnvelope.WriteAsync(context.Response, end.Failure, hangUp);
            return;
        }

        // 3 identify and recall
        end.AgentId = Conversation.IsId(call.AgentId) ? call.AgentId : null;
        end.Identity = CallIdentity.Of(call.CallerId, caller!.Name, _ids, _tokens, _time.GetUtcNow());
        var remembered = CallRecall.Nothing;
        if (end.Identity.User is { } user && start!.Recall is { } recall) (end.Recall, remembered) = await recall.RecallAsync(user, hangUp);

        // 4 answer
        var facts = new CallFacts(call, end.Identity.Token, remembered);
        await WriteJsonAsync(context.Response, StatusCodes.Status200OK, json => start!.Answer.Write(json, facts, start.TellsUserId ? end.Identity.User?.Key : null), hangUp);
        Report(end, requestId);

        // 5 warm up, which nobody waits for
        _ = Task.Run(() => WarmUpAsync(caller, Conversation.IsId(call.ConversationId) ? call.ConversationId : null, requestId), CancellationToken.None);
    }

    private static async ValueTask<Failure?> ReadAsync(HttpRequest request, PooledBuffer body, CancellationToken hangUp)
    {
        try
        {
            return await BodyReader.ReadAsync(request, body, MaxRequestBytes, hangUp);
        }
        catch (IOException)
        {
            // Who sends is gone; it is counted all the same.
            return new Failure(400, "invalid_body", "The body could not be read.");
        }
    }

    private async Task WarmUpAsync(Caller caller, string? conversationId, string requestId)
    {
        try
        {
            await Task.WhenAll(_warmUp.ConnectAsync(caller.DefaultRoute), _promptWarmUp.WarmAsync(caller, conversationId, requestId));
        }
        catch (Exception e)
        {
            ReportUnforeseen(e, requestId);
        }
    }

    private void Report(CallStartEnd end, string requestId)
    {
        var elapsed = _time.GetElapsedTime(end.Start);
        _metrics.Ended(end, elapsed.TotalSeconds);
        CallStartLog.Ended(
            Log, end.Failure?.Status ?? StatusCodes.Status200OK, end.Failure?.Code, end.Caller, end.AgentId, end.Identity.Token is not null, end.Recall, elapsed.TotalMilliseconds, requestId);
        if (end.Identity.LacksSecret) CallStartLog.NoSecret(Log, _options.EndUserKeySecret, _options.EndUserSigningSecret);
    }
}
