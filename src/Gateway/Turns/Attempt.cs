using System.ClientModel;
using System.ClientModel.Primitives;
using System.Runtime.CompilerServices;
using Azure.Identity;
using Gateway.Authentication;
using Gateway.Options;
using Gateway.Relay;
using Gateway.Requests;
using Gateway.Rewriting;
using Gateway.Routing;
using Gateway.Upstream;

namespace Gateway.Turns;

/// <summary>
/// One upstream call. It opens by itself: it sends the request and reads until the first meaningful token, keeping what it reads, and then wakes the
/// pump. Once it is chosen the pump reads it on. What it throws at the pump is nothing: a failure is an outcome.
/// </summary>
internal sealed class Attempt(Deployment deployment, PooledBuffer body, StreamRelay? relay, Caller caller, TimeSpan startedAt, Signal pump) : IDisposable
{
    // A completion of 128k tokens, the most that a model gives, is some 600 KB.
    private const int MaxAnswerBytes = 16 * 1024 * 1024;
    private const int MaxRefusalBytes = 64 * 1024;
    private const int ReadSize = 16 * 1024;

    // The caller has the whole answer by then; a slow end costs a connection to set up anew.
    private static readonly TimeSpan EndTime = TimeSpan.FromSeconds(1);

    private readonly UpstreamContent _content = new(body);
    // Not disposed: the clock may cancel it while it ends, and without a timer of its own it holds nothing.
    private readonly CancellationTokenSource _cancellation = new();
    private readonly PooledBuffer _kept = new();
    private PipelineMessage? _message;
    private volatile AttemptState _state;

    public Deployment Deployment => deployment;

    /// <summary>When it began, counted from the turn's arrival.</summary>
    public TimeSpan StartedAt => startedAt;

    /// <summary>How many bytes it sends.</summary>
    public int RequestBytes { get; } = body.Length;

    public AttemptState State => _state;

    /// <summary>How it ended; <see cref="AttemptOutcome.None"/> while it goes on. The pump's to set where the clock ended it.</summary>
    public AttemptOutcome Outcome { get; set; }

    /// <summary>What the upstream answered in place of an answer.</summary>
    public UpstreamRefusal? Refusal { get; private set; }

    /// <summary>
    /// Whether it failed in a way that leaves open whether an agent has acted on it. It has not where there was no connection, and where the answer
    /// says so: a redirect, a refusal, and the one 5xx that stands for "not now".
    /// </summary>
    public bool MayHaveActed => deployment.HasEffects && _content.WasSent && Refusal?.Status is not ((>= 300 and < 500 and not 408) or 503);

    /// <summary>What was thrown that nobody foresaw.</summary>
    public Exception? Unforeseen { get; private set; }

    /// <summary>The whole answer, where it is not streamed.</summary>
    public WholeAnswer Whole { get; private set; }

    /// <summary>The parameters that it sends.</summary>
    public required SentFields Sent { get; init; }

    /// <summary>Whether it was started beside another that was late.</summary>
    public bool IsHedge { get; init; }

    /// <summary>How long its first token took, from its beginning. The pump's to set when it chooses.</summary>
    public TimeSpan FirstTokenAfter { get; set; }

    /// <summary>Whether the pump has dealt with its failure.</summary>
    public bool IsSettled { get; set; }

    /// <summary>What judges its stream; null where the answer comes whole.</summary>
    public StreamRelay? Relay => relay;

    /// <summary>The whole answer, or the frames from the first meaningful token on that came before the attempt was chosen.</summary>
    public PooledBuffer Kept => _kept;

    public CancellationTokenSource Cancellation => _cancellation;

    /// <summary>Runs until the attempt can be judged. The wake-up is its last act, because the pump goes on in it.</summary>
    public async Task OpenAsync(UpstreamCall call, ChatRequest request)
    {
        var outcome = AttemptOutcome.None;
        try
        {
            await deployment.Upstream.ReadyAsync(call, _cancellation.Token);
            _message = deployment.Upstream.Create(_content, call, _cancellation.Token);
            await deployment.Upstream.SendAsync(_message);
            var response = _message.Response!;
            if (response.Status == 200) NoteLimits(response.Headers);
            if (response.Status != 200)
            {
                await ReadWholeAsync(response, MaxRefusalBytes);
                Refusal = UpstreamRefusal.Of(response, _kept.Span, request);
                outcome = Refusal.Outcome;
                // What it asks to wait says more than when some limit will be whole again.
                if (Refusal.RetryDelay is null) NoteLimits(response.Headers);
            }
            else if (relay is null)
            {
                await ReadWholeAsync(response, MaxAnswerBytes);
                Whole = WholeAnswer.Of(_kept, caller.Profile == CallerProfile.Voice, caller.Speakable);
                outcome = Whole.Outcome;
            }
            else if (!IsEventStream(response))
            {
                outcome = AttemptOutcome.Invalid;
            }
            else
            {
                while (outcome == AttemptOutcome.None && !relay.IsOpen)
                {
                    _ = await WaitAsync();
                    relay.Accept(await ReadAsync(), _kept);
                    outcome = relay.Outcome;
                }
            }
        }
        catch (Exception e)
        {
            outcome = OutcomeOf(e);
            if (outcome == AttemptOutcome.Failed) Unforeseen = e;
        }

        Outcome = outcome;
        // An answer that says nothing is one for programs only.
        var isReady = outcome is AttemptOutcome.None or AttemptOutcome.Completed || (outcome == AttemptOutcome.Empty && caller.Profile == CallerProfile.Api);
        if (Interlocked.CompareExchange(ref _state, isReady ? AttemptState.Ready : AttemptState.Failed, AttemptState.Opening) == AttemptState.Opening) pump.Wake();
        else Release();
    }

    /// <summary>Completes when there is something to read. Not async, as <see cref="ReadAsync"/>: a state machine for each read would cost more than the read.</summary>
    /// <remarks>Waits without a buffer first, as YARP does: a read that has to wait with one costs the runtime a state machine more.</remarks>
    public ValueTask<int> WaitAsync() => Stream.ReadAsync(Memory<byte>.Empty, _cancellation.Token);

    /// <summary>Reads what there is, for <see cref="Relay"/> to judge.</summary>
    public ValueTask<int> ReadAsync() => Stream.ReadAsync(relay!.Free, _cancellation.Token);

    /// <summary>What a read that threw amounts to; <see cref="AttemptOutcome.Failed"/> where that was not foreseen.</summary>
    public AttemptOutcome OutcomeOf(Exception exception) => exception switch
    {
        OperationCanceledException when _cancellation.IsCancellationRequested => AttemptOutcome.Interrupted,
        IOException or HttpRequestException when _message?.Response is not null => AttemptOutcome.Cut,
        // A cancellation that nobody asked for is a connect that took too long.
        ClientResultException or HttpRequestException or OperationCanceledException => AttemptOutcome.Unreachable,
        AuthenticationFailedException => AttemptOutcome.Misconfigured,
        // After a 401 the SDK's policy drops its token without a lock, and a request beside it then finds none.
        InvalidOperationException when deployment.Upstream.UsesToken && _message is { Response: null } => AttemptOutcome.Misconfigured,
        _ when _cancellation.IsCancellationRequested => AttemptOutcome.Interrupted,
        _ => AttemptOutcome.Failed,
    };

    /// <summary>
    /// Reads what follows <c>[DONE]</c>, the end of the body: an HTTP/1.1 connection is the next turn's only when it was seen, and leaving that to
    /// the disposal of the response would race with the next turn.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask ReadEndAsync(TurnDeadline deadline)
    {
        if (relay is not { IsDone: true }) return;
        deadline.EndWithin(EndTime);
        try
        {
            while (await ReadAsync() > 0)
            {
            }
        }
        catch (Exception e) when (OutcomeOf(e) != AttemptOutcome.Failed)
        {
            // The answer is whole and sent.
        }
    }

    /// <summary>Gives it up. What it holds goes when nothing reads into it any more.</summary>
    public void Dispose()
    {
        if (Interlocked.CompareExchange(ref _state, AttemptState.Abandoned, AttemptState.Opening) == AttemptState.Opening)
        {
            _cancellation.Cancel();
        }
        else if (Interlocked.Exchange(ref _state, AttemptState.Abandoned) != AttemptState.Abandoned)
        {
            Release();
        }
    }

    private void Release()
    {
        _message?.Dispose();
        _content.Dispose();
        relay?.Dispose();
        _kept.Dispose();
    }

    private Stream Stream => _message!.Response!.ContentStream!;

    private async Task ReadWholeAsync(PipelineResponse response, int limit)
    {
        var stream = response.ContentStream!;
        int count;
        do
        {
            count = await stream.ReadAsync(_kept.GetMemory(ReadSize), _cancellation.Token);
            _kept.Advance(count);
        }
        while (count > 0 && _kept.Length <= limit);
    }

    private void NoteLimits(PipelineResponseHeaders headers)
    {
        if (headers.TryGetValue("x-ratelimit-remaining-requests", out var requests))
            deployment.Health.NoteLimits(requests, headers.TryGetValue("x-ratelimit-reset-requests", out var reset) ? reset : null);
        if (headers.TryGetValue("x-ratelimit-remaining-tokens", out var tokens))
            deployment.Health.NoteLimits(tokens, headers.TryGetValue("x-ratelimit-reset-tokens", out var reset) ? reset : null);
    }

    private static bool IsEventStream(PipelineResponse response) =>
        response.Headers.TryGetValue("Content-Type", out var type) && type!.StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase);
}
