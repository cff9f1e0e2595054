using System.Globalization;
using System.Text;
using Gateway.Requests;

namespace Gateway.Speech;

/// <summary>What the history tells of the turn: who spoke last, what was said, and what of it without a model. Nothing is kept from turn to turn.</summary>
internal readonly ref struct TurnHistory(ChatRequest request, PhraseBook phrases)
{
    private readonly ReadOnlySpan<byte> _body = request.Body.Span;
    private readonly ReadOnlySpan<Message> _messages = request.Messages;

    /// <summary>
    /// Whether nobody has said anything to answer: the last message is the assistant's, or the user's is empty or only punctuation.
    /// </summary>
    public bool IsSilence
    {
        get
        {
            var last = Last();
            return last >= 0 && (_messages[last].Role == "assistant" || (_messages[last].Role == "user" && IsBlank(_messages[last])));
        }
    }

    /// <summary>Whether the turn answers a tool's result.</summary>
    public bool FollowsTool => Last() is >= 0 and var last && IsToolResult(_messages[last]);

    /// <summary>Whether the turn answers a transfer's or voicemail's result: nobody is there any more who waits.</summary>
    public bool FollowsTransfer
    {
        get
        {
            for (var i = Last(); i >= 0 && IsToolResult(_messages[i]); i--)
            {
                if (ToolOf(i) is SystemTools.TransferToAgent or SystemTools.TransferToNumber or SystemTools.VoicemailDetection) return true;
            }

            return false;
        }
    }

    /// <summary>Whether the assistant has begun with a phrase since the user's last message, in an earlier round of tools.</summary>
    public bool HasSpokenSinceUser
    {
        get
        {
            for (var i = _messages.Length - 1; i >= 0 && _messages[i].Role != "user"; i--)
            {
                if (_messages[i].Role != "assistant") continue;
                foreach (var part in new MessageTexts(_body, _messages[i]))
                {
                    if (phrases.Spoken.Match(Text(part), isAll: true).Length > 0) return true;
                    break;
                }
            }

            return false;
        }
    }

    /// <summary>Whether the assistant's last message ended in buffer words.</summary>
    public bool EndsInBufferWords
    {
        get
        {
            var last = LastOf("assistant");
            var ends = false;
            if (last < 0) return false;
            foreach (var part in new MessageTexts(_body, _messages[last])) ends = part.IsText && phrases.Spoken.EndsInBufferWords(Text(part));
            return ends;
        }
    }

    /// <summary>Whether the assistant's last answer was a fallback sentence. Buffer words that a barge-in cut off, and skipped turns, are no answers.</summary>
    public bool LastAnswerWasFallback
    {
        get
        {
            for (var i = _messages.Length - 1; i >= 0; i--)
            {
                if (_messages[i].Role == "assistant" && WasFallback(_messages[i]) is { } wasFallback) return wasFallback;
            }

            return false;
        }
    }

    /// <summary>Whether the user's last text has at least so many letters.</summary>
    public bool UserSaid(int letters)
    {
        var last = LastOf("user");
        if (last < 0) return false;
        foreach (var part in new MessageTexts(_body, _messages[last]))
        {
            foreach (var rune in new JsonRunes(Text(part)))
            {
                if (Rune.IsLetter(rune) && --letters == 0) return true;
            }
        }

        return false;
    }

    private static bool IsToolResult(Message message) => message.Role is "tool" or "function";

    private ReadOnlySpan<byte> Text(MessagePart part) => _body[part.TextStart..part.TextEnd];

    /// <summary>The last message of the conversation; -1 where there is none. What the agent's owner puts after it is no part of it.</summary>
    private int Last()
    {
        var last = _messages.Length - 1;
        while (last >= 0 && _messages[last].Role is "system" or "developer") last--;
        return last;
    }

    private int LastOf(string role)
    {
        var last = _messages.Length - 1;
        while (last >= 0 && _messages[last].Role != role) last--;
        return last;
    }

    private bool IsBlank(Message message)
    {
        foreach (var part in new MessageTexts(_body, message))
        {
            if (!part.IsText) return false;
            foreach (var rune in new JsonRunes(Text(part)))
            {
                if (!Rune.IsPunctuation(rune) && !Rune.IsWhiteSpace(rune) && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format)) return false;
            }
        }

        return true;
    }

    /// <summary>Whether this answer of the assistant was a fallback sentence; null where it is no answer.</summary>
    private bool? WasFallback(Message message)
    {
        if (message.HasToolCalls) return HistoryTool.Calls(_body, message) is [{ Name: SystemTools.SkipTurn }] ? null : false;

        var hasFallback = false;
        foreach (var part in new MessageTexts(_body, message))
        {
            var text = Text(part);
            if (part.IsText && FoldedText.First(text) is null) continue;
            var start = phrases.Spoken.Match(text, isAll: true);
            if (start.Length == 0 || start.Length < text.Length) return false;
            hasFallback |= start.HasFallback;
        }

        return hasFallback ? true : null;
    }

    /// <summary>The name of the tool whose result this message is.</summary>
    private string ToolOf(int result)
    {
        var id = HistoryTool.Text(_body, _messages[result], "tool_call_id");
        for (var i = result - 1; i >= 0 && id.Length > 0; i--)
        {
            foreach (var call in HistoryTool.Calls(_body, _messages[i]))
            {
                if (call.Id == id) return call.Name;
            }
        }

        return HistoryTool.Text(_body, _messages[result], "name");
    }
}
