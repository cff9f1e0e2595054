using Gateway.Requests;

namespace Gateway.Speech;

/// <summary>
/// What is said in a turn without a model. It keeps nothing and computes what it is asked for, so that a turn whose model answers in time pays nothing.
/// For voice callers only.
/// </summary>
internal readonly struct TurnSpeech(ChatRequest request, CallerSpeech caller)
{
    // "Yes please", "No thanks": the answer to it is due at once, and is short.
    private const int FewestLetters = 10;

    private TurnHistory History => new(request, caller.Phrases);

    /// <summary>
    /// Whether nobody has said anything to answer: the last message is the assistant's, or the user's is empty or only punctuation. ElevenLabs
    /// re-engages so after a silence, and writes <c>...</c> for what was no speech.
    /// </summary>
    public bool IsSilence => History.IsSilence;

    /// <summary>What is said after an answer that broke off, as a JSON string. It begins with a space.</summary>
    public ReadOnlyMemory<byte> ClosingPhrase => JsonText.Quote($" {Phrases().Closing.Trim()}");

    /// <summary>The turn's first or second buffer words, as a JSON string; false where none may be spoken.</summary>
    /// <param name="nth">0 for the first, 1 for the second.</param>
    /// <param name="content">The words with their quotes. Another turn of the conversation has others; the same turn, sent again, the same.</param>
    public bool TryBufferWords(int nth, out ReadOnlyMemory<byte> content)
    {
        content = default;
        if (nth is not (0 or 1) || !MayFill() || caller.Phrases.Find(TurnLanguage.Find(request, caller)) is not { BufferWords: var words }) return false;
        if (nth == 1 && words.Count < 2) return false;

        // Half the list apart: the next turn's first words then differ from this turn's second as well.
        var index = request.TurnNumber + (nth * (words.Count / 2));
        content = JsonText.Quote(words[index % words.Count]);
        return true;
    }

    /// <summary>What is said instead of an answer.</summary>
    public SpokenReply Fallback(FallbackReason reason)
    {
        if (IsSilence) return Offers(SystemTools.SkipTurn) ? SpokenReply.Call(SystemTools.SkipTurn, """{"reason":"Nothing was said."}""") : SpokenReply.Say(" ");

        var phrases = Phrases();
        if (History.LastAnswerWasFallback && WayOut(phrases) is { } wayOut) return wayOut;
        if (reason == FallbackReason.ContentFiltered) return SpokenReply.Say(phrases.ContentFiltered);
        return SpokenReply.Say(History.FollowsTool ? phrases.FallbackAfterTool : phrases.FallbackAfterUser);
    }

    private SpokenReply? WayOut(Phrases phrases)
    {
        if (caller.TransferArguments is { } arguments && Offers(SystemTools.TransferToNumber)) return SpokenReply.Call(SystemTools.TransferToNumber, arguments);
        if (!caller.EndsCall || !Offers(SystemTools.EndCall)) return null;
        return SpokenReply.Call(SystemTools.EndCall, $$"""{"reason":"The assistant cannot answer.","message":{{JsonText.QuoteText(phrases.EndCall)}}}""");
    }

    private bool MayFill()
    {
        if (!caller.BufferWords || request.BufferWords == false) return false;

        var history = History;
        return !history.IsSilence && history.UserSaid(FewestLetters) && !history.HasSpokenSinceUser && !history.EndsInBufferWords && !history.FollowsTransfer;
    }

    private bool Offers(string tool) => HistoryTool.Offered(request).Exists(offered => offered.Name == tool);

    /// <summary>The phrases of the turn's language; where it has none, of the caller's, or English ones: something must be said.</summary>
    private Phrases Phrases() =>
        caller.Phrases.Find(TurnLanguage.Find(request, caller)) ?? caller.Phrases.Find(caller.Language) ?? caller.Phrases.Find("en")!;
}
