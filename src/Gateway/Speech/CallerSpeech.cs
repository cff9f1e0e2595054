using Gateway.Options;

namespace Gateway.Speech;

/// <summary>What a caller's agent may say without a model.</summary>
internal sealed record CallerSpeech
{
    /// <summary>When the second buffer words are spoken, from the turn's arrival, if nothing else came. There is no third.</summary>
    public static readonly TimeSpan SecondBufferWordsDelay = TimeSpan.FromSeconds(5);

    /// <summary>The delay while a process is younger than <see cref="YoungProcess"/>: its start has already cost the silence that the delay allows.</summary>
    public static readonly TimeSpan BufferWordsDelayWhenYoung = TimeSpan.FromSeconds(0.3);

    /// <summary>How long a process counts as just started; within it arrives the turn that it was started for.</summary>
    public static readonly TimeSpan YoungProcess = TimeSpan.FromSeconds(5);

    /// <summary>Whether buffer words may be spoken at all.</summary>
    public required bool BufferWords { get; init; }

    public required TimeSpan BufferWordsDelay { get; init; }

    /// <summary>The configured language, without a region.</summary>
    public required string? Language { get; init; }

    /// <summary>The arguments of <c>transfer_to_number</c>; null where no transfer is configured.</summary>
    public required string? TransferArguments { get; init; }

    /// <summary>Whether a call may be ended in which nothing answers.</summary>
    public required bool EndsCall { get; init; }

    public required PhraseBook Phrases { get; init; }

    public static CallerSpeech For(CallerOptions caller, PhraseBook phrases) => new()
    {
        BufferWords = caller.BufferWords && caller.Profile == CallerProfile.Voice,
        BufferWordsDelay = caller.BufferWordsDelay,
        Language = PhraseBook.LanguageOf(caller.Language),
        TransferArguments = caller.WayOut.TransferArguments,
        EndsCall = caller.WayOut.EndCall,
        Phrases = phrases,
    };
}
