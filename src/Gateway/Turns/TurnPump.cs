using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using Gateway.Authentication;
using Gateway.Errors;
using Gateway.Options;
using Gateway.Relay;
using Gateway.Requests;
using Gateway.Rewriting;
using Gateway.Routing;
using Gateway.Speech;
using Gateway.Upstream;

namespace Gateway.Turns;

/// <summary>
/// Runs a turn from its request to its answer, as a state machine in one flow:
/// <code>
/// choose ──────────────► relay ──────► finish
///   │ ▲  first meaningful  │ fails, nothing said: choose again
///   │ └────────────────────┤
///   │ none left, or late   │ fails, something said
///   └──► speak instead ◄───┘
/// </code>
/// It owns the attempts and lives by the turn's deadline, not by a request's. Attempts and the clock only wake it; all that is decided is decided here.
/// </summary>
internal sealed class TurnPump(Turn turn, CallerResponse reader, TurnEngine engine)
{
    /// <summary>Calls in one turn, hedges among them: by the fourth, seconds have passed or nothing answers.</summary>
    public const int MaxAttempts = 4;

    private static readonly TimeSpan HedgeAgain = TimeSpan.FromMilliseconds(100);

    private readonly Signal _signal = new();
    private Attempts _attempts;
    private readonly ChatRequest _request = turn.Request!;
    private readonly TurnDeadline _deadline = turn.Deadline;
    private readonly Caller _caller = turn.Caller!;
    private readonly bool _voice = turn.Caller!.Profile == CallerProfile.Voice;
    private DeploymentChoice _choice = new(turn.Route!, turn.ConversationId, turn.Body.Length);
    private TurnDrops _drops;
    private int _count;
    private TimeSpan _hedgeAt;
    private TimeSpan _bufferWordsAt = TimeSpan.MaxValue;
    private Attempt? _failed;
    private Deployment? _again;
    private SpokenAnswer? _spoken;
    private bool _hasAnswer;
    private bool _waiting;

    /// <summary>Runs the turn. What it throws is the caller's connection, or was not foreseen.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask RunAsync()
    {
        try
        {
            Begin();
            while (true)
            {
                // 5 attempt, 6 choose: wait until an attempt can be chosen, or nothing can be waited for
                Attempt? chosen;
                while (!TryChoose(out chosen) && IsWaiting)
                {
                    WakeInTime();
                    await _signal.WaitAsync();
                    if (BufferWordsAreDue) await SayBufferWordsAsync();
                }

                if (chosen is null) break;

                // 7 relay
                turn.Outcome = await RelayAsync(chosen);
                if (turn.Outcome is AttemptOutcome.Completed or AttemptOutcome.Empty or AttemptOutcome.Interrupted || (turn.Outcome == AttemptOutcome.TimedOut && _hasAnswer)) Praise(chosen);
                if (turn.Outcome is AttemptOutcome.Completed or AttemptOutcome.Empty or AttemptOutcome.Interrupted) return;
                if (_hasAnswer)
                {
                    await CloseAsync(chosen);
                    return;
                }

                // Half a tool call that nobody was told of: another attempt may take its place.
                if (_deadline.End != TurnEnd.None) break;
                _deadline.Restart();
                if (Settle(chosen)) TryStart();
                AwaitAnswerAnew();
            }

            await SpeakInsteadAsync();
        }
        finally
        {
            // 8 finish
            Release();
        }
    }

    private void Begin()
    {
        _deadline.Wakes(_signal);
        if (_request.Stream)
        {
            _deadline.AwaitFirstOutput(_caller.Limits.FirstOutput);
            if (_voice && _caller.Speech.BufferWords)
                _bufferWordsAt = engine.Age.IsYoung ? CallerSpeech.BufferWordsDelayWhenYoung : _caller.Speech.BufferWordsDelay;
        }

        TryStart();
    }

    /// <summary>After a loss the first output, or the answer, has its time, and at least a moment.</summary>
    private void AwaitAnswerAnew()
    {
        if (!_request.Stream) return;
        var by = turn.BufferWords > 0 ? _caller.Limits.Answer : _caller.Limits.FirstOutput;
        var soonest = _deadline.Elapsed + TurnLimits.SecondChance;
        _deadline.AwaitFirstOutput(by > soonest ? by : soonest);
    }

    private bool IsWaiting => _waiting && _deadline.End == TurnEnd.None;

    private bool BufferWordsAreDue => _deadline.End == TurnEnd.None && _deadline.Elapsed >= _bufferWordsAt && FindReady() is null;

    private void WakeInTime() => _deadline.WakeAt(_hedgeAt < _bufferWordsAt ? _hedgeAt : _bufferWordsAt);

    /// <summary>Looks at what the attempts have come to: one that can be chosen is, for those that have failed others start, and so does a hedge that is due.</summary>
    private bool TryChoose(out Attempt? chosen)
    {
        chosen = null;
        if (_deadline.End != TurnEnd.None)
        {
            turn.Outcome = _deadline.Outcome;
            return false;
        }

        chosen = FindReady();
        if (chosen is not null)
        {
            // The clock may have ended the turn this very moment.
            if (_deadline.TryChoose(chosen.Cancellation, chosen.Relay is null or { IsMeaningful: true }, _voice ? TurnLimits.Grace : TimeSpan.Zero)) return true;
            chosen = null;
            turn.Outcome = _deadline.Outcome;
            return false;
        }

        for (var i = 0; i < _count; i++)
        {
            if (_attempts[i] is { State: AttemptState.Failed, IsSettled: false } failed && Settle(failed)) TryStart();
        }

        if (_deadline.Elapsed >= _hedgeAt) Hedge();
        _waiting = false;
        // Not by its state: one that has failed since then has woken this flow, and is looked at next.
        for (var i = 0; i < _count; i++) _waiting |= !_attempts[i]!.IsSettled;
        return false;
    }

    private Attempt? FindReady()
    {
        for (var i = 0; i < _count; i++)
        {
            if (_attempts[i] is { State: AttemptState.Ready, IsSettled: false } ready) return ready;
        }

        return null;
    }

    /// <summary>Takes note of a failure. Whether another attempt could do better.</summary>
    private bool Settle(Attempt attempt)
    {
        attempt.IsSettled = true;
        turn.Unforeseen ??= attempt.Unforeseen;
        TurnLog.Failed(engine.Log, turn, attempt, _deadline.Elapsed - attempt.StartedAt);
        if (attempt.Outcome == AttemptOutcome.Refused && attempt.Refusal?.Error is { } error && attempt.Deployment.Learned.TryLearn(error, _request, attempt.Sent, ref _drops)
            && _count < MaxAttempts)
        {
            _again = attempt.Deployment;
            return true;
        }

        // What the request itself is to blame for tells more than what befell another attempt.
        if (_failed is not { Outcome: AttemptOutcome.Refused or AttemptOutcome.ContentFiltered }) _failed = attempt;
        turn.Outcome = _failed.Outcome;
        if (attempt.Refusal?.Status == 401) attempt.Deployment.Upstream.RenewCredential(engine.Secrets);
        if (attempt.Outcome is AttemptOutcome.Refused or AttemptOutcome.ContentFiltered or AttemptOutcome.Empty)
        {
            attempt.Deployment.Health.Answered();
            return attempt.Outcome == AttemptOutcome.Empty && !IsSilence;
        }

        attempt.Deployment.Health.Failed(attempt.Outcome, attempt.Refusal?.Status ?? 0, attempt.Refusal?.RetryDelay);
        return _failed == attempt && !(attempt.Refusal?.Status == 401 && WasRefusedBefore(attempt));
    }

    // A newer credential was waited for by then; a third time would only cost another wait.
    private bool WasRefusedBefore(Attempt attempt)
    {
        for (var i = 0; i < _count; i++)
        {
            if (_attempts[i] is { Refusal.Status: 401 } other && other != attempt && other.Deployment == attempt.Deployment) return true;
        }

        return false;
    }

    private bool IsSilence => _voice && turn.Speech.IsSilence;

    private SpokenAnswer Spoken => _spoken ??= new SpokenAnswer(turn, reader);

    private bool TryStart(bool isHedge = false)
    {
        if (_count == MaxAttempts) return false;
        var deployment = _again ?? _choice.Next();
        _again = null;
        turn.Deployment = deployment;

        // 4 rewrite
        var body = new PooledBuffer();
        var sent = RequestRewriter.Rewrite(_request, deployment, Context(), body);
        var relay = _request.Stream ? new StreamRelay(_voice, _request.IncludeUsage, ModelToReport(), _caller.Speakable) { LeavesDone = _caller.TurnDetails } : null;
        var attempt = new Attempt(deployment, body, relay, _caller, _deadline.Elapsed, _signal) { IsHedge = isHedge, Sent = sent };
        _attempts[_count++] = attempt;
        turn.Attempts = _count;

        _hedgeAt = CanHedge ? attempt.StartedAt + _choice.HedgeDelay : TimeSpan.MaxValue;
        var refusedCredential = _failed is { Refusal.Status: 401 } && _failed.Deployment == deployment;
        _ = attempt.OpenAsync(new UpstreamCall(turn.RequestId, deployment.TakesPromptCacheKey ? turn.SessionId : null, engine.Secrets, turn.Time, _choice.IsRepeat, refusedCredential), _request);
        return true;
    }

    private bool CanHedge => _request.Stream && _caller.Hedging && _count < MaxAttempts && !IsSilence;

    private void Hedge()
    {
        // Denied now, it may be granted in a moment: a cooldown of 50 ms must not cost the turn.
        _hedgeAt = _deadline.Elapsed + HedgeAgain;
        if (_choice.MayHedge() && TryStart(isHedge: true)) turn.Hedges++;
    }

    /// <summary>Says the first or the second of the buffer words, and gives the answer the longer time that they buy.</summary>
    private async ValueTask SayBufferWordsAsync()
    {
        var speech = turn.Speech;
        _bufferWordsAt = TimeSpan.MaxValue;
        if (!speech.TryBufferWords(turn.BufferWords, out var phrase)) return;

        if (turn.BufferWords++ == 0)
        {
            _deadline.AwaitFirstOutput(_caller.Limits.Answer);
            _bufferWordsAt = CallerSpeech.SecondBufferWordsDelay;
        }

        Spoken.Say(phrase.Span);
        await reader.SendAsync();
    }

    /// <summary>Passes the chosen attempt's answer on, to its end.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<AttemptOutcome> RelayAsync(Attempt chosen)
    {
        Choose(chosen);
        if (chosen.Relay is not { } relay) return await AnswerWholeAsync(chosen);

        var outcome = chosen.Outcome;
        var before = reader.Written;
        if (relay.IsMeaningful) turn.TimeToFirstToken ??= _deadline.Elapsed;
        if (turn.BufferWords > 0) relay.DropRole(chosen.Kept);
        reader.Write(chosen.Kept.Span);
        try
        {
            while (true)
            {
                _hasAnswer = reader.Written > before;
                if (_hasAnswer && relay.HasFinished && outcome is not (AttemptOutcome.None or AttemptOutcome.Completed or AttemptOutcome.Empty or AttemptOutcome.Interrupted))
                {
                    // All was said, and only its end got lost.
                    relay.Close(default, reader);
                    outcome = AttemptOutcome.Completed;
                }

                if (_caller.TurnDetails && outcome is AttemptOutcome.Completed or AttemptOutcome.Empty) TurnDetails.WriteEnd(turn, reader);
                if (reader.HasUnsent) await reader.SendAsync();
                if (outcome != AttemptOutcome.None) break;
                if (_voice && relay.EndsSentence && _deadline.IsTimeUp)
                {
                    outcome = AttemptOutcome.TimedOut;
                    break;
                }

                var count = 0;
                try
                {
                    _ = await chosen.WaitAsync();
                    count = await chosen.ReadAsync();
                }
                catch (Exception e) when (chosen.OutcomeOf(e) is var cut and not AttemptOutcome.Failed)
                {
                    // Looked at as any other end: the answer may have been whole.
                    outcome = cut == AttemptOutcome.Interrupted ? _deadline.Outcome : cut;
                    continue;
                }

                var progress = relay.Accept(count, reader);
                outcome = relay.Outcome;
                if (progress != RelayProgress.None) Note(progress);
            }

            if (outcome == AttemptOutcome.Completed) await chosen.ReadEndAsync(_deadline);
            return chosen.Outcome = outcome;
        }
        finally
        {
            turn.Usage = relay.Usage;
        }
    }

    /// <summary>One has won: the others are given up.</summary>
    private void Choose(Attempt chosen)
    {
        chosen.IsSettled = true;
        turn.Deployment = chosen.Deployment;
        turn.HedgeWon = chosen.IsHedge;
        var elapsed = _deadline.Elapsed;
        chosen.FirstTokenAfter = elapsed - chosen.StartedAt;
        for (var i = 0; i < _count; i++)
        {
            if (_attempts[i] is { State: AttemptState.Opening or AttemptState.Ready, IsSettled: false } other) Abandon(other, elapsed);
        }
    }

    /// <summary>The deployment did well. Said only now: one that dies after each first token does not.</summary>
    private void Praise(Attempt chosen)
    {
        if (chosen.Relay is null) chosen.Deployment.Health.Answered();
        else chosen.Deployment.Health.Succeeded(chosen.FirstTokenAfter, turn.Body.Length);
    }

    private void Abandon(Attempt attempt, TimeSpan elapsed)
    {
        attempt.Deployment.Health.Cancelled(elapsed - attempt.StartedAt, turn.Body.Length);
        turn.CancelledAttempts++;
        // A cancelled stream sends no usage; four bytes a token is the usual estimate for English JSON.
        turn.CancelledTokens += attempt.RequestBytes / 4;
        attempt.Dispose();
    }

    private void Note(RelayProgress progress)
    {
        var meaningful = (progress & RelayProgress.Meaningful) != 0;
        if (meaningful) turn.TimeToFirstToken ??= _deadline.Elapsed;
        _deadline.Progress(meaningful);
    }

    private async ValueTask<AttemptOutcome> AnswerWholeAsync(Attempt chosen)
    {
        turn.Usage = chosen.Whole.Usage;
        turn.TimeToFirstToken = _deadline.Elapsed;
        if (ModelToReport() is { } model && !chosen.Whole.Model.Equals(default)) chosen.Kept.Replace(chosen.Whole.Model, model);
        await reader.SendWholeAsync(chosen.Kept.Span);
        return chosen.Outcome;
    }

    /// <summary>Something has been said and the rest does not come: a voice caller's answer ends well, and an api caller is told.</summary>
    private async ValueTask CloseAsync(Attempt chosen)
    {
        // When only the time is up, the sentence has ended, or nobody waits for its end; the deployment is not to blame.
        var isLate = turn.Outcome == AttemptOutcome.TimedOut;
        if (!isLate) Settle(chosen);
        if (!_voice)
        {
            await FailAsync(chosen.Refusal);
            return;
        }

        turn.Spoken = SpokenAs.Closing;
        reader.Shared?.Seal();
        chosen.Relay!.Close(isLate ? default : turn.Speech.ClosingPhrase.Span, reader);
        if (_caller.TurnDetails) TurnDetails.WriteEnd(turn, reader);
        await reader.SendAsync();
    }

    /// <summary>Nothing has answered: a voice caller hears a sentence, so that the call lives, and an api caller is told.</summary>
    private async ValueTask SpeakInsteadAsync()
    {
        if (turn.Outcome == AttemptOutcome.Interrupted) return;
        if (!_voice)
        {
            await FailAsync(_failed?.Refusal);
            return;
        }

        reader.Shared?.Seal();
        var reply = turn.Speech.Fallback(turn.Outcome == AttemptOutcome.ContentFiltered ? FallbackReason.ContentFiltered : FallbackReason.Failed);
        turn.Spoken = IsSilence ? SpokenAs.Silent : SpokenAs.Fallback;
        await Spoken.AnswerAsync(reply);
    }

    private async ValueTask FailAsync(UpstreamRefusal? refusal)
    {
        if (TurnFailures.Of(turn.Outcome, refusal) is { } failure) await turn.FailAsync(reader, failure);
    }

    private RewriteContext Context() => new()
    {
        Profile = _caller.Profile,
        MaxCompletionTokens = _caller.MaxCompletionTokens,
        EndUserKey = EndUserKey(),
        ConversationId = turn.ConversationId,
        SystemPrefix = _caller.System?.Prefix,
        Drops = _drops,
    };

    private byte[] EndUserKey() => _request.UserId is not null && engine.Secrets.Current!.Newest(engine.EndUserKeySecret) is { } key ? Encoding.UTF8.GetBytes(key) : [];

    private byte[]? ModelToReport() => _caller.AnswerWithRequestedModel ? turn.Route!.ModelJson : null;

    private void Release()
    {
        var elapsed = _deadline.Elapsed;
        for (var i = 0; i < _count; i++)
        {
            var attempt = _attempts[i]!;
            if (attempt.State == AttemptState.Opening) Abandon(attempt, elapsed);
            else attempt.Dispose();
        }
    }

    [InlineArray(MaxAttempts)]
    private struct Attempts
    {
        private Attempt? _first;
    }
}
