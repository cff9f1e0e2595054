using System.Text.Json;
using Gateway.Speech;

namespace Gateway.Options;

/// <summary>What is wrong with the settings of what is said without a model, by the settings' names.</summary>
internal static class PhraseRules
{
    // A fallback sentence is found again in the history by its words.
    private const int FewestLetters = 8;

    // 4 KiB; a number and two sentences.
    private const int LongestArguments = 4096;

    public static IEnumerable<string> Wrong(GatewayOptions options) => [.. options.Phrases.Index().SelectMany(entry => Phrases(options, entry.Index, entry.Item)), .. Callers(options)];

    /// <summary>What is wrong with buffer words; null where nothing is.</summary>
    public static string? BufferWords(string words) =>
        words.Length <= PhraseBook.MaxLength && words.EndsWith("... ", StringComparison.Ordinal) && !words.EndsWith(".... ", StringComparison.Ordinal)
            && words.Any(char.IsLetter) && !words.Any(char.IsControl)
            ? null
            : $"must be words of at most {PhraseBook.MaxLength} characters that end with \"... \", three dots and a space.";

    /// <summary>What is wrong with a sentence; null where nothing is.</summary>
    public static string? Sentence(string sentence) =>
        sentence.Length <= PhraseBook.MaxLength && sentence.Count(char.IsLetter) >= FewestLetters && !sentence.Any(char.IsControl)
            ? null
            : $"must be a sentence of {FewestLetters} letters to {PhraseBook.MaxLength} characters.";

    private static IEnumerable<string> Phrases(GatewayOptions options, int i, PhraseOptions phrases)
    {
        var setting = $"Phrases__{i}__";
        var language = PhraseBook.LanguageOf(phrases.Language);
        if (language is null) yield return $"{setting}Language must be a language's code, such as de.";
        else if (options.Phrases.Take(i).Any(other => PhraseBook.LanguageOf(other.Language) == language)) yield return $"{setting}Language is that of other phrases.";

        var isShipped = PhraseBook.FindShipped(language) is not null;
        if (!isShipped && phrases.BufferWords.Count == 0) yield return $"{setting}BufferWords__0 is required for a language that is not shipped.";
        foreach (var (j, words) in phrases.BufferWords.Index())
        {
            if (BufferWords(words) is { } wrong) yield return $"{setting}BufferWords__{j} {wrong}";
        }

        foreach (var (name, sentence) in Sentences(phrases))
        {
            if (sentence is null && !isShipped) yield return $"{setting}{name} is required for a language that is not shipped.";
            if (sentence is not null && Sentence(sentence) is { } wrong) yield return $"{setting}{name} {wrong}";
        }
    }

    private static IEnumerable<(string Name, string? Sentence)> Sentences(PhraseOptions phrases) =>
    [
        (nameof(phrases.FallbackAfterUser), phrases.FallbackAfterUser), (nameof(phrases.FallbackAfterTool), phrases.FallbackAfterTool),
        (nameof(phrases.ContentFiltered), phrases.ContentFiltered), (nameof(phrases.Closing), phrases.Closing), (nameof(phrases.EndCall), phrases.EndCall),
    ];

    private static IEnumerable<string> Callers(GatewayOptions options)
    {
        foreach (var (i, caller) in options.Callers.Index())
        {
            if (caller.Language is { } code && !HasPhrases(options, PhraseBook.LanguageOf(code)))
                yield return $"Callers__{i}__Language must be the code of a language with phrases, such as de.";
            if (caller.WayOut.TransferArguments is { } arguments && !IsObject(arguments))
                yield return $"Callers__{i}__WayOut__TransferArguments must be a JSON object of at most {LongestArguments} characters.";
        }
    }

    private static bool HasPhrases(GatewayOptions options, string? language) =>
        language is not null && (PhraseBook.FindShipped(language) is not null || options.Phrases.Any(phrases => PhraseBook.LanguageOf(phrases.Language) == language));

    private static bool IsObject(string json)
    {
        if (json.Length > LongestArguments) return false;
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
