using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text;
using Azure.Identity;
using Gateway.Authentication;
using Gateway.Errors;
using Gateway.Options;
using Gateway.Relay;
using Gateway.Requests;
using Gateway.Rewriting;
using Gateway.Routing;
using Gateway.Secrets;
using Gateway.Upstream;

namespace Gateway.Turns;

/// <summary>
/// Runs a turn from its request to its answer: it owns the upstream call and lives by the turn's deadline, not by a request's. A caller is a
/// reader of it; the one there is hangs up by ending the turn.
/// </summary>
internal sealed class TurnPump(Turn turn, CallerResponse reader, SecretStore secrets, string endUserKeySecret)
{
    // A completion of 128k tokens, the most that a model gives, is some 600 KB.
    private const int MaxAnswerBytes = 16 * 1024 * 1024;
    private const int MaxRefusalBytes = 64 * 1024;
    private const int ReadSize = 16 * 1024;

    // The caller has the whole answer by then; a slow end costs a connection to set up anew.
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(1);

    private readonly ChatRequest _request = turn.Request!;
    private readonly Deployment _deployment = turn.Route!.Deployment;
    private readonly Caller _caller = turn.Caller!;
    private readonly CancellationToken _deadline = turn.Deadline.Token;
    private UpstreamRefusal? _refusal;

    /// <summary>Runs the turn. What it throws was not foreseen.</summary>
    public async Task RunAsync()
    {
        turn.Outcome = await AttemptAsync();
        if (TurnFailures.Of(turn.Outcome, _refusal) is { } failure) await turn.FailAsync(reader, failure);
    }

    private async Task<AttemptOutcome> AttemptAsync()
    {
        PipelineMessage? message = null;
        try
        {
            // 4 rewrite
            var body = new PooledBuffer();
            using var content = new UpstreamContent(body);
            RequestRewriter.Rewrite(_request, _deployment, Context(), body);

            // 5 attempt
            if (_request.Stream) turn.Deadline.AwaitFirstToken(_caller.Limits);
            message = await _deployment.Upstream.SendAsync(content, turn.RequestId, _deployment.TakesPromptCacheKey ? turn.SessionId : null, secrets.Current!, _deadline);
            var response = message.Response!;
            if (response.Status != 200) return await RefuseAsync(response);
            return _request.Stream ? await RelayAsync(response) : await AnswerAsync(response);
        }
        catch (OperationCanceledException) when (turn.Deadline.End != TurnEnd.None)
        {
            return turn.Deadline.Outcome;
        }
        catch (Exception e) when (message is not null && e is IOException or HttpRequestException)
        {
            return AttemptOutcome.Cut;
        }
        catch (Exception e) when (e is ClientResultException or HttpRequestException or OperationCanceledException)
        {
            // A cancellation that nobody asked for is a connect that took too long.
            return AttemptOutcome.Unreachable;
        }
        catch (AuthenticationFailedException)
        {
            return AttemptOutcome.Misconfigured;
        }
        finally
        {
            message?.Dispose();
        }
    }

    private async Task<AttemptOutcome> RelayAsync(PipelineResponse response)
    {
        if (!IsEventStream(response)) return AttemptOutcome.Invalid;

        var upstream = response.ContentStream!;
        using var relay = new StreamRelay(_caller.Profile == CallerProfile.Voice, _request.IncludeUsage, ModelToReport());
        try
        {
            do
            {
                // 6 choose: what is read is held until the first meaningful token, which starts the response
                // 7 relay: every read is sent on at once
                // Waits without a buffer first, as YARP does: a read that has to wait with one costs the runtime a state machine more.
                _ = await upstream.ReadAsync(Memory<byte>.Empty, _deadline);
                var count = await upstream.ReadAsync(relay.Free, _deadline);
                var progress = relay.Accept(count, reader);
                if (progress != RelayProgress.None) Note(progress);
                if (reader.HasUnsent) await reader.SendAsync();
            }
            while (relay.Outcome == AttemptOutcome.None);

            // 8 finish
            if (relay.IsDone) await ReadEndAsync(upstream, relay.Free);
            return relay.Outcome;
        }
        finally
        {
            turn.Usage = relay.Usage;
        }
    }

    /// <summary>
    /// Reads what follows <c>[DONE]</c>, the end of the body: an HTTP/1.1 connection is the next turn's only when it was seen, and leaving that to
    /// the disposal of the response would race with the next turn.
    /// </summary>
    private async ValueTask ReadEndAsync(Stream upstream, Memory<byte> scratch)
    {
        turn.Deadline.EndWithin(EndTime);
        try
        {
            while (await upstream.ReadAsync(scratch, _deadline) > 0)
            {
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            // The answer is whole and sent.
        }
    }

    private void Note(RelayProgress progress)
    {
        var meaningful = (progress & RelayProgress.Meaningful) != 0;
        if (meaningful) turn.TimeToFirstToken ??= turn.Deadline.Elapsed;
        turn.Deadline.Progress(meaningful);
    }

    /// <summary>An answer that is not streamed: it is whole before a byte of it goes on, so that a cut one becomes an error.</summary>
    private async Task<AttemptOutcome> AnswerAsync(PipelineResponse response)
    {
        using var answer = new PooledBuffer();
        await ReadAsync(response.ContentStream!, answer, MaxAnswerBytes);
        using var calls = _caller.Profile == CallerProfile.Voice ? new ToolCallTracker() : null;
        if (!ChunkReader.TryRead(answer.Span, calls, out var whole)) return AttemptOutcome.Invalid;
        if (calls?.Finish() == false) return AttemptOutcome.Cut;
        if (whole.Has(ChunkKind.Error) && !whole.Has(ChunkKind.Choice)) return UpstreamError.Parse(answer.Span).Outcome;
        if (!whole.Has(ChunkKind.Choice)) return AttemptOutcome.Invalid;

        turn.Usage = whole.Usage;
        turn.TimeToFirstToken = turn.Deadline.Elapsed;
        if (ModelToReport() is { } model && !whole.Model.Equals(default)) answer.Replace(whole.Model, model);
        await reader.SendWholeAsync(answer.Span);
        return whole.Has(ChunkKind.Meaningful) ? AttemptOutcome.Completed : AttemptOutcome.Empty;
    }

    private async Task<AttemptOutcome> RefuseAsync(PipelineResponse response)
    {
        using var body = new PooledBuffer();
        await ReadAsync(response.ContentStream!, body, MaxRefusalBytes);
        _refusal = UpstreamRefusal.Of(response, body.Span, _request);
        if (response.Status == 401) _deployment.Upstream.RenewCredential(secrets);
        return _refusal.Outcome;
    }

    private async Task ReadAsync(Stream upstream, PooledBuffer buffer, int limit)
    {
        int count;
        do
        {
            count = await upstream.ReadAsync(buffer.GetMemory(ReadSize), _deadline);
            buffer.Advance(count);
        }
        while (count > 0 && buffer.Length <= limit);
    }

    private RewriteContext Context() => new()
    {
        Profile = _caller.Profile,
        MaxCompletionTokens = _caller.MaxCompletionTokens,
        EndUserKey = EndUserKey(),
        ConversationId = turn.ConversationId,
    };

    private byte[] EndUserKey() => _request.UserId is not null && secrets.Current!.Newest(endUserKeySecret) is { } key ? Encoding.UTF8.GetBytes(key) : [];

    private byte[]? ModelToReport() => _caller.AnswerWithRequestedModel ? turn.Route!.ModelJson : null;

    private static bool IsEventStream(PipelineResponse response) =>
        response.Headers.TryGetValue("Content-Type", out var type) && type!.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase);
}
