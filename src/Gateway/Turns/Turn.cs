using Gateway.Authentication;
using Gateway.Errors;
using Gateway.Memory;
using Gateway.Relay;
using Gateway.Requests;
using Gateway.Routing;
using Gateway.Speech;

namespace Gateway.Turns;

/// <summary>One request of a caller, from its arrival to the last byte of the answer, and what is known of it so far.</summary>
internal sealed class Turn(string requestId, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan TellingTime = TimeSpan.FromSeconds(4);

    /// <summary>The bytes of the request. They belong to the turn; what goes upstream is a copy of the attempt's own.</summary>
    public PooledBuffer Body { get; } = new();

    public string RequestId { get; } = requestId;

    public TimeProvider Time { get; } = time;

    public TurnDeadline Deadline { get; } = new(time);

    public Caller? Caller { get; set; }

    public ChatRequest? Request { get; set; }

    public Route? Route { get; set; }

    /// <summary>The deployment that answered, or was asked last.</summary>
    public Deployment? Deployment { get; set; }

    public string? ConversationId { get; set; }

    /// <summary>The conversation as upstreams are told of it.</summary>
    public string? SessionId { get; set; }

    /// <summary>What is recalled of earlier calls; null where the caller has no memory.</summary>
    public TurnRecall? Recall { get; set; }

    public AttemptOutcome Outcome { get; set; }

    /// <summary>From the arrival to the first meaningful token; to the whole answer where it is not streamed.</summary>
    public TimeSpan? TimeToFirstToken { get; set; }

    public TokenUsage Usage { get; set; }

    /// <summary>How many upstream calls were begun.</summary>
    public int Attempts { get; set; }

    /// <summary>How many of them were begun beside one that was late.</summary>
    public int Hedges { get; set; }

    public bool HedgeWon { get; set; }

    public HedgeOutcome Hedge => Hedges == 0 ? HedgeOutcome.None : HedgeWon ? HedgeOutcome.Won : HedgeOutcome.Lost;

    /// <summary>How many calls were given up while they went on.</summary>
    public int CancelledAttempts { get; set; }

    /// <summary>What those may have cost, in tokens. An estimate: a cancelled call tells no usage.</summary>
    public int CancelledTokens { get; set; }

    /// <summary>How many phrases of buffer words were said.</summary>
    public int BufferWords { get; set; }

    public SpokenAs Spoken { get; set; }

    /// <summary>What an attempt threw that nobody foresaw, whatever became of the turn.</summary>
    public Exception? Unforeseen { get; set; }

    /// <summary>What this endpoint would say itself in this turn.</summary>
    public TurnSpeech Speech => new(Request!, Caller!.Speech);

    /// <summary>The model's name as JSON, where the answer is to report that in place of what upstream does.</summary>
    public byte[]? ModelToReport => Caller!.AnswerWithRequestedModel ? Route!.ModelJson : null;

    /// <summary>The stable code of the failure that the caller was told.</summary>
    public string? ErrorCode { get; set; }

    /// <summary>Tells the caller what went wrong. The turn's time may be up, so telling has a time of its own.</summary>
    public async Task FailAsync(CallerResponse reader, Failure failure)
    {
        ErrorCode = failure.Code;
        using var telling = new CancellationTokenSource(TellingTime, Time);
        await reader.FailAsync(failure, telling.Token);
    }

    public void Dispose()
    {
        Deadline.Dispose();
        Request?.Dispose();
        Body.Dispose();
    }
}
