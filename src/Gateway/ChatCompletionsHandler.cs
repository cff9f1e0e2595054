using Gateway.Authentication;
using Gateway.Errors;
using Gateway.Options;
using Gateway.Requests;
using Gateway.Routing;
using Gateway.Secrets;
using Gateway.Speech;
using Gateway.Turns;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Gateway;

/// <summary>Answers a turn. The numbered steps here and in <c>TurnPump</c> are those of the way of a turn in docs/architecture.md.</summary>
public sealed class ChatCompletionsHandler : RouteHandler
{
    private static readonly Failure SlowRequest = new(408, "request_timeout", "The request did not arrive in time.");

    private readonly Authenticator _authenticator;
    private readonly SecretStore _secrets;
    private readonly UnknownModels _unknownModels;
    private readonly TimeProvider _time;
    private readonly GatewayOptions _options;

    internal ChatCompletionsHandler(
        Authenticator authenticator, SecretStore secrets, UnknownModels unknownModels, IOptions<GatewayOptions> options, TimeProvider time, ILogger<ChatCompletionsHandler> log)
        : base(log)
    {
        _authenticator = authenticator;
        _secrets = secrets;
        _unknownModels = unknownModels;
        _time = time;
        _options = options.Value;
    }

    private protected override async Task AnswerAsync(HttpContext context, string requestId, CancellationToken hangUp)
    {
        using var turn = new Turn(requestId, _time);
        var reader = new CallerResponse(context, turn.Deadline);
        await using var hungUp = hangUp.UnsafeRegister(static deadline => ((TurnDeadline)deadline!).HangUp(), turn.Deadline);
        try
        {
            if (await PrepareAsync(context.Request, turn) is { } failure)
            {
                turn.Outcome = failure.Status == StatusCodes.Status503ServiceUnavailable ? AttemptOutcome.NotReady : AttemptOutcome.Rejected;
                await turn.FailAsync(reader, failure);
            }
            else
            {
                // 4 rewrite, 5 attempt, 6 choose, 7 relay, 8 finish
                await new TurnPump(turn, reader, _secrets, _options.EndUserKeySecret).RunAsync();
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
            if (turn.Outcome != AttemptOutcome.Interrupted) await turn.FailAsync(reader, SlowRequest);
        }
        catch (Exception e)
        {
            turn.Outcome = AttemptOutcome.Failed;
            ReportUnforeseen(e, requestId);
            await turn.FailAsync(reader, TurnFailures.Of(turn.Outcome, refusal: null)!);
        }
        finally
        {
            // A caller who stopped reading would hold the connection until Kestrel gives up on it.
            if (turn.Outcome == AttemptOutcome.Interrupted) context.Abort();
            TurnLog.Completed(Log, turn, context.Response.StatusCode);
        }
    }

    private async ValueTask<Failure?> PrepareAsync(HttpRequest request, Turn turn)
    {
        // 1 authenticate
        var (caller, stranger) = await _authenticator.AuthenticateAsync(request, turn.Deadline.Token);
        if (caller is null) return stranger;
        turn.Caller = caller;
        turn.Deadline.Set(caller.Limits);

        // 2 read
        if (await BodyReader.ReadAsync(request, turn.Body, _options.MaxRequestBytes, turn.Deadline.Token) is { } unread) return unread;
        if (ChatRequestReader.TryRead(turn.Body.Memory, out var chat) is { } malformed) return malformed;
        turn.Request = chat;
        if (caller.Profile == CallerProfile.Voice) chat.Cuts = SpokenHistory.Cuts(chat, caller.Speech.Phrases);
        turn.ConversationId = Conversation.Id(request, chat);

        // 3 route
        turn.Route = chat.Model is null ? caller.DefaultRoute : caller.FindRoute(chat.Model);
        if (turn.Route is null && caller.Profile == CallerProfile.Voice)
        {
            // ElevenLabs lets people type any string, and a call must not fail for it.
            _unknownModels.Report(caller, chat.Model!);
            turn.Route = caller.DefaultRoute;
        }

        return turn.Route is null ? UnknownModels.Failure : null;
    }
}
