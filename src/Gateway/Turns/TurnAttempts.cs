using System.Runtime.CompilerServices;
using System.Text;
using Gateway.Options;
using Gateway.Relay;
using Gateway.Requests;
using Gateway.Rewriting;
using Gateway.Routing;
using Gateway.Upstream;

namespace Gateway.Turns;

/// <summary>
/// The attempts of a turn: it starts each on the deployment whose turn it is, with what was learned from those before, and takes note of what became
/// of it, for the turn and for the deployment's health. Which of them is chosen, and when to look, is the pump's to say; only its flow calls this.
/// </summary>
internal sealed class TurnAttempts(Turn turn, TurnEngine engine)
{
    /// <summary>Calls in one turn, hedges among them: by the fourth, seconds have passed or nothing answers.</summary>
    public const int Max = 4;

    private static readonly TimeSpan HedgeAgain = TimeSpan.FromMilliseconds(100);

    private DeploymentChoice _choice = new(turn.Route!, turn.ConversationId, turn.Body.Length);
    private Slots _attempts;
    private int _count;
    private TurnDrops _drops;
    private Attempt? _failed;
    private Deployment? _again;
    private bool _mayHaveActed;

    /// <summary>Set when an attempt can be judged.</summary>
    public Signal Signal { get; } = new();

    /// <summary>When <see cref="GoOn"/> has a hedge to start, counted from the turn's arrival; <see cref="TimeSpan.MaxValue"/> where none may be.</summary>
    public TimeSpan HedgeAt { get; private set; }

    /// <summary>What the caller may be told of the failure that tells most.</summary>
    public UpstreamRefusal? Refusal => _failed?.Refusal;

    /// <summary>Whether there is one to wait for.</summary>
    public bool AnyIsUnsettled
    {
        get
        {
            // Not by its state: one that has failed since it was looked at has set the signal, and is looked at next.
            for (var i = 0; i < _count; i++)
            {
                if (!_attempts[i]!.IsSettled) return true;
            }

            return false;
        }
    }

    /// <summary>One that can be chosen.</summary>
    public Attempt? FindReady()
    {
        for (var i = 0; i < _count; i++)
        {
            if (_attempts[i] is { State: AttemptState.Ready, IsSettled: false } ready) return ready;
        }

        return null;
    }

    /// <summary>For those that have failed others start, and so does a hedge that is due.</summary>
    public void GoOn()
    {
        for (var i = 0; i < _count; i++)
        {
            if (_attempts[i] is { State: AttemptState.Failed, IsSettled: false } failed && Settle(failed)) TryStart();
        }

        if (turn.Deadline.Elapsed >= HedgeAt) Hedge();
    }

    /// <summary>Starts another, where the turn has not had all that it may.</summary>
    public bool TryStart(bool isHedge = false)
    {
        if (_count == Max) return false;
        var caller = turn.Caller!;
        var request = turn.Request!;
        // What acts is asked alone and once: of two that race, one would have acted for nobody. So its turn comes when the others have failed.
        var isBesideOthers = AnyIsUnsettled;
        if (isBesideOthers && !isHedge && _again is null && !_mayHaveActed && _choice.NextHasEffects) return false;
        var deployment = _again ?? (isBesideOthers || _mayHaveActed ? _choice.NextWithoutEffects() : _choice.Next());
        _again = null;
        if (deployment is null) return false;
        turn.Deployment = deployment;

        // 4 rewrite
        var body = new PooledBuffer();
        var agent = deployment.IsAgent ? AgentContext.Of(turn, EndUserKey()) : null;
        var sent = RequestRewriter.Rewrite(request, deployment, Context(agent), body);
        var voice = caller.Profile == CallerProfile.Voice;
        var relay = request.Stream ? new StreamRelay(voice, request.IncludeUsage, turn.ModelToReport, caller.Speakable) { LeavesDone = caller.TurnDetails } : null;
        var attempt = new Attempt(deployment, body, relay, caller, turn.Deadline.Elapsed, Signal) { IsHedge = isHedge, Sent = sent };
        _attempts[_count++] = attempt;
        turn.Attempts = _count;

        HedgeAt = CanHedge ? attempt.StartedAt + _choice.HedgeDelay : TimeSpan.MaxValue;
        var refusedCredential = _failed is { Refusal.Status: 401 } && _failed.Deployment == deployment;
        _ = attempt.OpenAsync(new UpstreamCall(turn.RequestId, deployment.TakesPromptCacheKey ? turn.SessionId : null, agent, engine.Secrets, turn.Time, _choice.IsRepeat, refusedCredential), request);
        return true;
    }

    /// <summary>One has won: the others are given up.</summary>
    public void Choose(Attempt chosen)
    {
        chosen.IsSettled = true;
        turn.Deployment = chosen.Deployment;
        turn.HedgeWon = chosen.IsHedge;
        var elapsed = turn.Deadline.Elapsed;
        chosen.FirstTokenAfter = elapsed - chosen.StartedAt;
        for (var i = 0; i < _count; i++)
        {
            if (_attempts[i] is { State: AttemptState.Opening or AttemptState.Ready, IsSettled: false } other) Abandon(other, elapsed);
        }
    }

    /// <summary>The deployment did well. Said only when the answer has come: one that dies after each first token does not.</summary>
    public void Praise(Attempt chosen)
    {
        if (chosen.Relay is null) chosen.Deployment.Health.Answered();
        else chosen.Deployment.Health.Succeeded(chosen.FirstTokenAfter, turn.Body.Length);
    }

    /// <summary>Takes note of a failure. Whether another attempt could do better.</summary>
    public bool Settle(Attempt attempt)
    {
        attempt.IsSettled = true;
        turn.Unforeseen ??= attempt.Unforeseen;
        _mayHaveActed |= attempt.MayHaveActed;
        TurnLog.Failed(engine.Log, turn, attempt, turn.Deadline.Elapsed - attempt.StartedAt);
        if (attempt.Outcome == AttemptOutcome.Refused && attempt.Refusal?.Error is { } error && attempt.Deployment.Learned.TryLearn(error, turn.Request!, attempt.Sent, ref _drops)
            && _count < Max)
        {
            _again = attempt.Deployment;
            return true;
        }

        // What the request itself is to blame for tells more than what befell another attempt.
        if (_failed is not { Outcome: AttemptOutcome.Refused or AttemptOutcome.ContentFiltered }) _failed = attempt;
        turn.Outcome = _failed.Outcome;
        if (attempt.Refusal?.Status == 401)
        {
            TurnLog.CredentialRefused(engine.Log, attempt.Deployment.Name, attempt.Deployment.Upstream.Credential, turn.RequestId);
            attempt.Deployment.Upstream.RenewCredential(engine.Secrets);
        }
        else if (attempt is { Outcome: AttemptOutcome.Misconfigured, Refusal: null })
        {
            TurnLog.CredentialMissing(engine.Log, attempt.Deployment.Name, attempt.Deployment.Upstream.Credential, turn.RequestId);
        }

        attempt.Deployment.Health.Failed(attempt.Outcome, attempt.Refusal?.Status ?? 0, attempt.Refusal?.RetryDelay);
        return attempt.Outcome switch
        {
            AttemptOutcome.Refused or AttemptOutcome.ContentFiltered => false,
            AttemptOutcome.Empty => !IsSilence,
            _ => _failed == attempt && !(attempt.Refusal?.Status == 401 && WasRefusedBefore(attempt)),
        };
    }

    /// <summary>The turn has ended: those that go on are given up.</summary>
    public void Release()
    {
        var elapsed = turn.Deadline.Elapsed;
        for (var i = 0; i < _count; i++)
        {
            var attempt = _attempts[i]!;
            if (attempt.State == AttemptState.Opening) Abandon(attempt, elapsed);
            else attempt.Dispose();
        }
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

    private bool IsSilence => turn.Caller!.Profile == CallerProfile.Voice && turn.Speech.IsSilence;

    private bool CanHedge => !turn.Deployment!.HasEffects && turn.Request!.Stream && turn.Caller!.Hedging && _count < Max && !IsSilence;

    private void Hedge()
    {
        // Denied now, it may be granted in a moment: a cooldown of 50 ms must not cost the turn.
        HedgeAt = turn.Deadline.Elapsed + HedgeAgain;
        if (_choice.MayHedge() && TryStart(isHedge: true)) turn.Hedges++;
    }

    private void Abandon(Attempt attempt, TimeSpan elapsed)
    {
        attempt.Deployment.Health.Cancelled(elapsed - attempt.StartedAt, turn.Body.Length);
        turn.CancelledAttempts++;
        // A cancelled stream sends no usage; four bytes a token is the usual estimate for English JSON.
        turn.CancelledTokens += attempt.RequestBytes / 4;
        attempt.Dispose();
    }

    private RewriteContext Context(AgentContext? agent) => new()
    {
        Profile = turn.Caller!.Profile,
        MaxCompletionTokens = turn.Caller.MaxCompletionTokens,
        EndUserKey = EndUserKey(),
        ConversationId = turn.ConversationId,
        SystemPrefix = turn.Caller.System?.Prefix,
        Agent = agent,
        Drops = _drops,
    };

    private byte[] EndUserKey() =>
        turn.Request!.UserId is not null && engine.Secrets.Current!.Newest(engine.EndUserKeySecret) is { } key ? Encoding.UTF8.GetBytes(key) : [];

    [InlineArray(Max)]
    private struct Slots
    {
        private Attempt? _first;
    }
}
