using System.Runtime.CompilerServices;
using Gateway.Authentication;
using Gateway.Errors;
using Gateway.Joining;
using Gateway.Memory;
using Gateway.Options;
using Gateway.Requests;
using Gateway.Rewriting;
using Gateway.Routing;
using Gateway.Speech;
using Gateway.Turns;
using Microsoft.Extensions.Options;

namespace Gateway;

/// <summary>Answers a turn. The numbered steps here, in <c>TurnPump</c> and in <c>TurnAttempts</c> are those of the way of a turn in docs/architecture.md.</summary>
public sealed class ChatCompletionsHandler : RouteHandler
{
    private static readonly Failure SlowRequest = new(408, "request_timeout", "The request did not arrive in time.");

    private readonly Authenticator _authenticator;
    private readonly UnknownModels _unknownModels;
    private readonly TurnEngine _engine;
    private readonly Lazy<CallerMemories> _memories;
    private readonly int _maxRequestBytes;

    internal ChatCompletionsHandler(
        Authenticator authenticator, UnknownModels unknownModels, TurnEngine engine, Lazy<CallerMemories> memories, IOptions<GatewayOptions> options)
        : base(engine.Log)
    {
        _authenticator = authenticator;
        _unknownModels = unknownModels;
        _engine = engine;
        _memories = memories;
        _maxRequestBytes = options.Value.MaxRequestBytes;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private protected override async ValueTask AnswerAsync(HttpContext context, string requestId, CancellationToken hangUp)
    {
        using var turn = new Turn(requestId, _engine.Time);
        using var reader = new CallerResponse(context, turn);
        await using var hungUp = hangUp.UnsafeRegister(static reader => ((CallerResponse)reader!).HangUp(), reader);
        try
        {
            if (await PrepareAsync(context.Request, turn) is { } failure)
            {
                turn.Outcome = failure.Status == StatusCodes.Status503ServiceUnavailable ? AttemptOutcome.NotReady : AttemptOutcome.Rejected;
                await turn.FailAsync(reader, failure);
            }
            else if (!await JoinAsync(turn, reader))
            {
                if (turn.Recall is not null) await AddRecalledAsync(turn);
                else turn.Caller!.System?.AddTo(turn.Request!, notes: default);

                // 4 rewrite, 5 attempt, 6 choose, 7 relay, 8 finish
                await new TurnPump(turn, reader, _engine).RunAsync();
            }
        }
        catch (IOException)
        {
            // The caller's connection: what breaks at the upstream is the pump's to judge.
            turn.Outcome = AttemptOutcome.Interrupted;
        }
        catch (OperationCanceledException) when (turn.Deadline.End != TurnEnd.None)
        {
            turn.Outcome = turn.Deadline.Outcome;
            if (turn.Request is null && turn.Outcome != AttemptOutcome.Interrupted) await turn.FailAsync(reader, SlowRequest);
        }
        catch (Exception e)
        {
            turn.Outcome = AttemptOutcome.Failed;
            turn.Unforeseen = e;
            // Even a fault of this endpoint's own is no reason to lose the call.
            if (turn is { Caller.Profile: CallerProfile.Voice, Route: not null }) await new SpokenAnswer(turn, reader).EndAsync(hasSpoken: turn.TimeToFirstToken is not null);
            else await turn.FailAsync(reader, TurnFailures.Of(turn.Outcome, refusal: null)!);
        }
        finally
        {
            reader.Shared?.Complete(turn.Outcome);
            // The others have read on; this caller has not.
            if (reader.IsGone) turn.Outcome = AttemptOutcome.Interrupted;
            // A caller who stopped reading would hold the connection until Kestrel gives up on it.
            if (turn.Outcome == AttemptOutcome.Interrupted) context.Abort();
            if (turn.Unforeseen is { } unforeseen) ReportUnforeseen(unforeseen, requestId);
            TurnLog.Completed(Log, turn, context.Response.StatusCode);
        }
    }

    /// <summary>Puts what is recalled into the prompt, as far as it comes in time.</summary>
    private static async ValueTask AddRecalledAsync(Turn turn) => (turn.Caller!.System ?? SystemAdditions.None).AddTo(turn.Request!, await turn.Recall!.NotesAsync());

    /// <summary>A turn that is sent again while it is under way is answered by what is under way. False where this one is to be answered by itself.</summary>
    private async ValueTask<bool> JoinAsync(Turn turn, CallerResponse reader)
    {
        if (turn.Caller!.Profile != CallerProfile.Voice || !turn.Request!.Stream || TurnKey.Of(turn) is not { } key) return false;

        while (true)
        {
            var shared = _engine.Joinable.LeadOrJoin(turn, key, out var follower);
            if (follower is null)
            {
                reader.Share(shared);
                return false;
            }

            turn.Spoken = SpokenAs.Joined;
            turn.Outcome = await follower.FollowAsync(reader, turn);
            if (turn.Outcome != AttemptOutcome.None) return true;
            turn.Spoken = SpokenAs.Answer;
        }
    }

    private async ValueTask<Failure?> PrepareAsync(HttpRequest request, Turn turn)
    {
        // 1 authenticate
        var (caller, stranger) = await _authenticator.AuthenticateAsync(request, turn.Deadline.Token);
        if (caller is null) return stranger;
        turn.Caller = caller;
        turn.Deadline.Set(caller.Limits);
        if (caller.HasMemory) turn.Recall = TurnRecall.Begin(_memories.Value.Recalls(caller.Name), request);

        // 2 read
        if (await BodyReader.ReadAsync(request, turn.Body, _maxRequestBytes, turn.Deadline.Token) is { } unread) return unread;
        if (ChatRequestReader.TryRead(turn.Body.Memory, out var chat) is { } malformed) return malformed;
        turn.Request = chat;
        if (caller.Profile == CallerProfile.Voice) chat.Edits = SpokenHistory.Cuts(chat, caller.Speech.Phrases);
        turn.ConversationId = Conversation.Id(request, chat);
        turn.Recall?.Begin(chat, turn.ConversationId);
        turn.SessionId = Conversation.SessionId(request, turn.ConversationId);

        // 3 route
        turn.Route = chat.Model is null ? caller.DefaultRoute : caller.FindRoute(chat.Model);
        if (turn.Route is null && caller.Profile == CallerProfile.Voice)
        {
            // ElevenLabs lets people type any string, and a call must not fail for it.
            _unknownModels.Report(caller, chat.Model!);
            turn.Route = caller.DefaultRoute;
        }

        caller.SeenPrompt?.Note(chat);
        return turn.Route is null ? UnknownModels.Failure : null;
    }
}
