using Gateway.Errors;
using Gateway.Memory;
using Gateway.Options;
using Gateway.Requests;
using Gateway.Secrets;
using Gateway.Storage;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Gateway.Webhooks;

/// <summary>Takes what ElevenLabs tells after a call: transcripts, recordings, and calls that did not come about.</summary>
public sealed class PostCallWebhookHandler : RouteHandler
{
    // All that is left to do when the last byte has come and the memory was asked: a few calls to the storage, each tried again.
    private static readonly TimeSpan KeepTimeout = TimeSpan.FromSeconds(60);

    private static readonly Failure Off = new(404, "unknown_route", "The post-call webhook is not switched on: Webhooks__Enabled.");
    private static readonly Failure Encoded = new(415, "unsupported_encoding", "The body must not have a Content-Encoding.");
    private static readonly Failure Replayed = new(409, "replayed", "This very request was answered before.");

    private readonly GatewayOptions _options;
    private readonly SecretStore _secrets;
    private readonly Lazy<CallArchive> _archive;
    private readonly PostCallMemory? _memory;
    private readonly WebhookMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly AnsweredSignatures _answered;

    internal PostCallWebhookHandler(
        GatewayOptions options, SecretStore secrets, Lazy<CallArchive> archive, PostCallMemory? memory, WebhookMetrics metrics, TimeProvider time, ILogger<PostCallWebhookHandler> log)
        : base(log)
    {
        _options = options;
        _secrets = secrets;
        _archive = archive;
        _memory = memory;
        _metrics = metrics;
        _time = time;
        _answered = new AnsweredSignatures(time);
    }

    private protected override async ValueTask AnswerAsync(HttpContext context, string requestId, CancellationToken hangUp)
    {
        if (!_options.Webhooks.Enabled)
        {
            await ErrorEnvelope.WriteAsync(context.Response, Off, hangUp);
            return;
        }

        var end = new WebhookEnd(_time.GetTimestamp(), requestId);
        try
        {
            await ReceiveAsync(context.Request, end, hangUp);
        }
        catch (Exception e) when (e is IOException or BadHttpRequestException || (e is OperationCanceledException && hangUp.IsCancellationRequested))
        {
            // What can be read of a body is read; what cannot is cut off, by a sender who is gone or does not speak HTTP.
            end.Outcome = WebhookOutcome.Interrupted;
            end.Failure = BodyReader.Unreadable();
        }

        _metrics.Ended(end.Event, end.Outcome, end.Failure?.Code);
        WebhookLog.Ended(
            Log, end.Outcome, end.Failure?.Status ?? 200, end.Failure?.Code, end.Event?.Type, end.Event?.AgentId, end.Event?.ConversationId, end.Length, _time.GetElapsedTime(end.Start).TotalMilliseconds, end.RequestId);
        if (end.Failure is { } failure) await ErrorEnvelope.WriteAsync(context.Response, failure, hangUp);
        else await WriteJsonAsync(context.Response, StatusCodes.Status200OK, json => { json.WriteStartObject(); json.WriteString("status"u8, end.IsKept ? "stored"u8 : "received"u8); json.WriteEndObject(); }, hangUp);
    }

    private async Task ReceiveAsync(HttpRequest request, WebhookEnd end, CancellationToken hangUp)
    {
        // 1 what can be judged before the body
        end.Failure = Head(request);
        if (end.Failure is not null) return;
        if (await SecretsAsync(hangUp) is not { } secrets)
        {
            (end.Outcome, end.Failure) = (WebhookOutcome.Unavailable, LacksSecret);
            return;
        }

        end.Failure = WebhookSignature.TryRead(request.Headers[WebhookSignature.Header], _time.GetUtcNow(), secrets[_options.Webhooks.Secret], out var signature);
        if (end.Failure is not null) return;

        // 2 read, hash, and stage what is large
        using var _ = signature!;
        await using var delivery = new Delivery(signature!, _options.Webhooks, () => _archive.Value);
        end.Failure = await delivery.ReadAsync(request.Body, hangUp);
        end.Length = delivery.Length;
        if (end.Failure is not null) return;

        // 3 the signature: only who has it is told anything else
        if (signature!.Match() is not { } matched)
        {
            // The secret may have been replaced a minute ago.
            _secrets.RequestRefresh();
            end.Failure = WebhookSignature.Invalid;
            return;
        }

        end.Event = delivery.Event;
        end.IsKept = delivery.Keeps;
        end.Failure = delivery.Check();
        if (delivery.StorageFailure is { } reason) NotStored(end, reason);
        if (end.Failure is not null) return;
        if (_options.KnowsEndUsers && delivery.Event.IsSigned && !Has(secrets, _options.EndUserSigningSecret))
        {
            // It would be nobody's call, or that of whose number it is.
            (end.Outcome, end.Failure) = (WebhookOutcome.Unavailable, LacksSecret);
            return;
        }

        // 4 store; what has come whole is stored also where its sender does not wait
        await KeepAsync(delivery, matched, end);
    }

    private async Task KeepAsync(Delivery delivery, string matched, WebhookEnd end)
    {
        if (_answered.Contains(matched))
        {
            (end.Outcome, end.Failure) = (WebhookOutcome.Replayed, Replayed);
            return;
        }

        try
        {
            var (isForgotten, away) = await RememberAsync(delivery.Event);
            // Begun only now: what is kept does not wait for a memory. It is kept without its signature then: this very request may come again, as one that was not answered, and is no replay.
            using var timeout = new CancellationTokenSource(KeepTimeout, _time);
            end.Outcome = await delivery.KeepAsync(away is null ? matched : "", timeout.Token);
            if (isForgotten && end.Outcome == WebhookOutcome.NotKept) end.Outcome = WebhookOutcome.Forgotten;
            end.IsKept &= end.Outcome != WebhookOutcome.Forgotten;
            // No row tells of these, or by another signature. One whose memory was away is answered 503, and comes again.
            if (away is null && end.Outcome is WebhookOutcome.NotKept or WebhookOutcome.Forgotten or WebhookOutcome.Duplicate && !_answered.TryAdd(matched)) end.Outcome = WebhookOutcome.Replayed;
            if (end.Outcome == WebhookOutcome.Replayed) end.Failure = Replayed;
            // Once for each call: where no row says that it has come, one whose memory is away comes again as a new one.
            if (end.Outcome == WebhookOutcome.Stored || (end.Outcome == WebhookOutcome.NotKept && (away is null || delivery.IsIndexed)))
            {
                _metrics.Turns(delivery.Event);
                WebhookLog.Turns(Log, delivery.Event, end.RequestId);
            }

            if (away is not null) NotStored(end, away);
        }
        catch (StorageUnavailableException e)
        {
            NotStored(end, e.Message);
        }
        catch (OperationCanceledException)
        {
            NotStored(end, "Storage: no answer in time");
        }
    }

    /// <summary>Whether the call is of somebody who was deleted, and why the memory could not take it; null where it did.</summary>
    /// <remarks>Before the event is looked for among those that are there: what fails is done again by the next try. A call is remembered once, however often it is told.</remarks>
    private async Task<(bool IsForgotten, string? Away)> RememberAsync(WebhookEvent call)
    {
        try
        {
            return (_memory is not null && !await _memory.RememberAsync(call, CancellationToken.None), null);
        }
        catch (MemoryUnavailableException e)
        {
            return (false, e.Message);
        }
    }

    private void NotStored(WebhookEnd end, string reason)
    {
        (end.Outcome, end.Failure) = (WebhookOutcome.Unavailable, Delivery.Unavailable);
        WebhookLog.NotStored(Log, reason);
    }

    private static Failure? Head(HttpRequest request)
    {
        // The framework's own limit answers with a reset that the sender cannot read; the bytes are counted where they are read.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature) feature.MaxRequestBodySize = null;
        if (BodyReader.CheckIsJson(request) is { } failure) return failure;
        if (request.Headers.ContentEncoding.ToString() is { Length: > 0 } encoding && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase)) return Encoded;
        return request.ContentLength > Delivery.MaxBytes ? Delivery.TooLarge : null;
    }

    /// <summary>The secrets, where all are there that are needed for whatever comes.</summary>
    private async Task<SecretSnapshot?> SecretsAsync(CancellationToken cancellationToken)
    {
        // Without the latter, who was deleted could not be told from anybody else, and nobody could be remembered.
        return await _secrets.LoadedAsync(SecretStore.LoadWait, cancellationToken) is { } loaded && Has(loaded, _options.Webhooks.Secret) && (!_options.KnowsEndUsers || Has(loaded, _options.EndUserKeySecret)) ? loaded : null;
    }

    private bool Has(SecretSnapshot secrets, string name)
    {
        if (secrets.Newest(name) is not null) return true;
        WebhookLog.NoSecret(Log, name);
        return false;
    }
}
