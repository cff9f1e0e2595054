using Gateway.EndUsers;
using Gateway.Requests;

namespace Gateway.Memory;

/// <summary>
/// What one turn recalls. It begins as soon as the turn's headers say of whom and for which conversation, and goes on beside the reading of the body; else when that is read.
/// </summary>
internal sealed class TurnRecall
{
    /// <summary>The header with an end user's token, in which ElevenLabs is to send <c>{variable_name: secret__end_user}</c>.</summary>
    public const string Header = "x-end-user";

    private readonly ConversationRecalls _recalls;
    private readonly string? _token;
    private Recall? _recall;
    private bool _hasBegun;

    private TurnRecall(ConversationRecalls recalls, string? token) => (_recalls, _token) = (recalls, token);

    /// <summary>Whose it is; null where the turn names nobody.</summary>
    public EndUser? User { get; private set; }

    /// <summary>What it gave to the turn.</summary>
    public MemoryOutcome Outcome { get; private set; }

    /// <summary>Begins where the headers say enough.</summary>
    public static TurnRecall Begin(ConversationRecalls recalls, HttpRequest request)
    {
        var recall = new TurnRecall(recalls, request.Headers[Header] is [{ Length: > 0 } token, ..] ? token : null);
        if (recall._token is not null && Conversation.FromHeader(request) is { } conversation) recall.Begin(recall._token, conversation);
        return recall;
    }

    /// <summary>Begins now at the latest: the body is read.</summary>
    public void Begin(ChatRequest request, string? conversationId)
    {
        if (_hasBegun) return;
        if ((_token ?? request.EndUserToken) is { Length: > 0 } token) Begin(token, conversationId);
        else Outcome = MemoryOutcome.NoEndUser;
    }

    /// <summary>What is put into the prompt, waited for as long as the budget lasts; empty where there is nothing, or nothing yet.</summary>
    public async ValueTask<byte[]> NotesAsync()
    {
        var notes = await WaitAsync();
        _recalls.Metrics.Recalled(Outcome);
        return notes;
    }

    private void Begin(string token, string? conversationId)
    {
        _hasBegun = true;
        User = _recalls.Memory.Identify(token, _recalls.Time.GetUtcNow());
        if (User is null) Outcome = MemoryOutcome.InvalidToken;
        else if (_recalls.Begin(User, conversationId) is { } recall) _recall = recall;
        else Outcome = MemoryOutcome.Failed;
    }

    private async ValueTask<byte[]> WaitAsync()
    {
        if (_recall is not { Result: var result }) return [];
        if (!result.IsCompleted && _recalls.Patience(_recall) is { Ticks: > 0 } rest)
        {
            await ((Task)result).WaitAsync(rest, _recalls.Time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!result.IsCompleted) _recalls.WasLate();
        }

        if (!result.IsCompleted)
        {
            Outcome = MemoryOutcome.Late;
            return [];
        }

        var recalled = await result;
        Outcome = recalled.Outcome;
        return recalled.Notes;
    }
}
