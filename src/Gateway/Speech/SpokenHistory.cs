using Gateway.Requests;
using Gateway.Rewriting;

namespace Gateway.Speech;

/// <summary>
/// Finds in the history what was spoken without a model. It comes back as the assistant's words, and a model that reads them learns to say them.
/// Nothing is allocated where there is nothing of it.
/// </summary>
internal static class SpokenHistory
{
    private static readonly byte[] Null = "null"u8.ToArray();

    /// <summary>What is to be cut out of the messages, in order. Never all of them: then the last one stays as it is.</summary>
    public static Edit[] Cuts(ChatRequest request, PhraseBook phrases)
    {
        List<Edit>? cuts = null;
        var body = request.Body.Span;
        var messages = request.Messages;
        var hasKept = false;
        for (var i = 0; i < messages.Length; i++)
        {
            var message = messages[i];
            var (isAll, parts, text) = message.Role == "assistant" ? Find(body, message, phrases) : default;
            if (isAll && !message.HasToolCalls)
            {
                // With the comma: the one before it, or after it where nothing is left before it.
                if (hasKept) Add(ref cuts, new Edit(messages[i - 1].End, message.End));
                else if (i + 1 < messages.Length) Add(ref cuts, new Edit(message.Start, messages[i + 1].Start));
                continue;
            }

            hasKept = true;
            if (isAll) Add(ref cuts, new Edit(message.ContentStart, message.ContentEnd, Null));
            else if (parts.End > parts.Start) Add(ref cuts, parts);
            if (!isAll && text.End > text.Start) Add(ref cuts, text);
        }

        return cuts is null ? [] : [.. cuts];
    }

    private static void Add(ref List<Edit>? cuts, Edit cut) => (cuts ??= []).Add(cut);

    /// <summary>Whether all of a content was spoken without a model; else the parts of it that were, and the beginning of the text after them.</summary>
    private static (bool IsAll, Edit Parts, Edit Text) Find(ReadOnlySpan<byte> body, Message message, PhraseBook phrases)
    {
        int? first = null;
        foreach (var part in new MessageTexts(body, message))
        {
            first ??= part.Start;
            var text = body[part.TextStart..part.TextEnd];
            var isLast = body[part.End..message.ContentEnd].Trim(" \t\r\n"u8) is [] or [(byte)']'];
            var spoken = phrases.Spoken.Match(text, isLast).Length;
            if (spoken == 0 || spoken < text.Length) return (false, new Edit(first.Value, part.Start), new Edit(part.TextStart, part.TextStart + spoken));
        }

        return (first is not null, default, default);
    }
}
