using System.Text;
using System.Text.Json;
using Gateway.Requests;

namespace Gateway.Speech;

/// <summary>In which language a turn is held.</summary>
internal static class TurnLanguage
{
    // Some eight words: fewer do not tell neighbours such as Spanish and Portuguese apart.
    private const int FewestLetters = 40;

    /// <summary>
    /// The language of the last <c>language_detection</c> call, else that of the extra body, else the one that the assistant speaks, else the
    /// caller's configured one; null where none is certain. There need not be phrases for it.
    /// </summary>
    public static string? Find(ChatRequest request, CallerSpeech caller) =>
        Called(request) ?? PhraseBook.LanguageOf(request.Language) ?? Spoken(request, caller.Phrases) ?? caller.Language;

    private static string? Called(ChatRequest request)
    {
        for (var i = request.Messages.Length - 1; i >= 0; i--)
        {
            var calls = HistoryTool.Calls(request.Body.Span, request.Messages[i]);
            for (var j = calls.Count - 1; j >= 0; j--)
            {
                if (calls[j].Name == SystemTools.LanguageDetection && PhraseBook.LanguageOf(Argument(calls[j].Arguments)) is { } language) return language;
            }
        }

        return null;
    }

    private static string? Argument(string arguments)
    {
        try
        {
            using var json = JsonDocument.Parse(arguments);
            return json.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("language", out var language) && language.ValueKind == JsonValueKind.String
                ? language.GetString()
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A model wrote them, and ElevenLabs refused them.
            return null;
        }
    }

    /// <summary>The language of the assistant's last texts, without what was spoken without a model: that may have been in the wrong one.</summary>
    private static string? Spoken(ChatRequest request, PhraseBook phrases)
    {
        var body = request.Body.Span;
        var text = new StringBuilder();
        var letters = 0;
        for (var i = request.Messages.Length - 1; i >= 0 && letters < FewestLetters; i--)
        {
            if (request.Messages[i].Role != "assistant") continue;
            foreach (var part in new MessageTexts(body, request.Messages[i]))
            {
                var said = body[part.TextStart..part.TextEnd];
                foreach (var rune in new JsonRunes(said[phrases.Spoken.Match(said, isAll: true).Length..]))
                {
                    text.Append(rune);
                    letters += Rune.IsLetter(rune) ? 1 : 0;
                }

                text.Append(' ');
            }
        }

        return letters < FewestLetters ? null : LanguageDetector.Detect(text.ToString());
    }
}
