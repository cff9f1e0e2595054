using System.Buffers;
using System.Runtime.CompilerServices;
using Gateway.Authentication;
using Gateway.Errors;
using Gateway.Options;
using Gateway.Relay;
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
/// It owns the attempts and lives by the turn's deadline, not by a request's. Attempts and the clock only wake it; all that is decided is decided in its flow.
/// </summary>
internal sealed class TurnPump(Turn turn, CallerResponse reader, TurnEngine engine)
{
    private readonly TurnAttempts _attempts = new(turn, engine);
    private readonly TurnDeadline _deadline = turn.Deadline;
    private readonly Caller _caller = turn.Caller!;
    private readonly bool _voice = turn.Caller!.Profile == CallerProfile.Voice;
    private TimeSpan _bufferWordsAt = TimeSpan.MaxValue;
    private SpokenAnswer? _spoken;
    private bool _hasAnswer;

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
                    await _attempts.Signal.WaitAsync();
                    if (BufferWordsAreDue) await SayBufferWordsAsync();
                }

                if (chosen is null) break;

                // 7 relay
                turn.Outcome = await RelayAsync(chosen);
                if (turn.Outcome is AttemptOutcome.Completed or AttemptOutcome.Empty or AttemptOutcome.Interrupted || (turn.Outcome == AttemptOutcome.TimedOut && _hasAnswer)) _attempts.Praise(chosen);
                if (turn.Outcome is AttemptOutcome.Completed or AttemptOutcome.Empty or AttemptOutcome.Interrupted) return;
                if (_hasAnswer)
                {
                    await CloseAsync(chosen);
                    return;
                }

                // Half a tool call that nobody was told of: another attempt may take its place.
                if (_deadline.End != TurnEnd.None) break;
                _deadline.Restart();
                if (_attempts.Settle(chosen)) _attempts.TryStart();
                AwaitAnswerAnew();
            }

            await SpeakInsteadAsync();
        }
        finally
        {
            // 8 finish
            _attempts.Release();
        }
    }

    private void Begin()
    {
        _deadline.Wakes(_attempts.Signal);
        if (turn.Request!.Stream)
        {
            _deadline.AwaitFirstOutput(_caller.Limits.FirstOutput);
            if (_voice && _caller.Speech.BufferWords)
                _bufferWordsAt = engine.Age.IsYoung ? CallerSpeech.BufferWordsDelayWhenYoung : _caller.Speech.BufferWordsDelay;
        }

        _attempts.TryStart();
    }

    /// <summary>After a loss the first output, or the answer, has its time, and at least a moment.</summary>
    private void AwaitAnswerAnew()
    {
        if (!turn.Request!.Stream) return;
        var by = turn.BufferWords > 0 ? _caller.Limits.Answer : _caller.Limits.FirstOutput;
        var soonest = _deadline.Elapsed + TurnLimits.SecondChance;
        _deadline.AwaitFirstOutput(by > soonest ? by : soonest);
    }

    private bool IsWaiting => _deadline.End == TurnEnd.None && _attempts.AnyIsUnsettled;

    private bool BufferWordsAreDue => _deadline.End == TurnEnd.None && _deadline.Elapsed >= _bufferWordsAt && _attempts.FindReady() is null;

    private void WakeInTime() => _deadline.WakeAt(_attempts.HedgeAt < _bufferWordsAt ? _attempts.HedgeAt : _bufferWordsAt);

    /// <summary>Looks at what the attempts have come to: one that can be chosen is, for those that have failed others start, and so does a hedge that is due.</summary>
    private bool TryChoose(out Attempt? chosen)
    {
        chosen = _attempts.FindReady();
        if (chosen is not null && _deadline.TryChoose(chosen.Cancellation, chosen.Relay is null or { IsMeaningful: true }, _voice ? TurnLimits.Grace : TimeSpan.Zero)) return true;

        chosen = null;
        // Looked at only now: the clock may have ended the turn this very moment, and nothing of a late attempt may be said.
        if (_deadline.End != TurnEnd.None)
        {
            turn.Outcome = _deadline.Outcome;
            return false;
        }

        _attempts.GoOn();
        return false;
    }

    private SpokenAnswer Spoken => _spoken ??= new SpokenAnswer(turn, reader);

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
        _attempts.Choose(chosen);
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
        if (turn.ModelToReport is { } model && !chosen.Whole.Model.Equals(default)) chosen.Kept.Replace(chosen.Whole.Model, model);
        await reader.SendWholeAsync(chosen.Kept.Span);
        return chosen.Outcome;
    }

    /// <summary>Something has been said and the rest does not come: a voice caller's answer ends well, and an api caller is told.</summary>
    private async ValueTask CloseAsync(Attempt chosen)
    {
        // When only the time is up, the sentence has ended, or nobody waits for its end; the deployment is not to blame.
        var isLate = turn.Outcome == AttemptOutcome.TimedOut;
        if (!isLate) _attempts.Settle(chosen);
        // What befell the answer that was begun, and not an attempt of which the caller knows nothing.
        turn.Outcome = chosen.Outcome;
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
            await FailAsync(_attempts.Refusal);
            return;
        }

        reader.Shared?.Seal();
        var reply = turn.Speech.Fallback(turn.Outcome == AttemptOutcome.ContentFiltered ? FallbackReason.ContentFiltered : FallbackReason.Failed);
        turn.Spoken = turn.Speech.IsSilence ? SpokenAs.Silent : SpokenAs.Fallback;
        await Spoken.AnswerAsync(reply);
    }

    private async ValueTask FailAsync(UpstreamRefusal? refusal)
    {
        if (TurnFailures.Of(turn.Outcome, refusal) is { } failure) await turn.FailAsync(reader, failure);
    }
}
