using Gateway.Options;
using Gateway.Speech.Languages;

namespace Gateway.Speech;

/// <summary>Every phrase that may be spoken without a model, shipped or configured, by language.</summary>
internal sealed class PhraseBook
{
    /// <summary>The longest phrase, in UTF-16 characters: some 20 s of speech.</summary>
    public const int MaxLength = 300;

    private static readonly Phrases[] Shipped =
    [
        English.Phrases, Spanish.Phrases, German.Phrases, French.Phrases, Italian.Phrases, Portuguese.Phrases, Dutch.Phrases, Polish.Phrases, Hindi.Phrases, Japanese.Phrases,
    ];

    private readonly List<Phrases> _configured = [];

    // No LINQ: it would cost a cold start some 20 ms, and the phrases less than one.
    public PhraseBook(IEnumerable<PhraseOptions> configured)
    {
        List<Phrase> spoken = [];
        foreach (var options in configured)
        {
            var own = Configured(options, FindShipped(LanguageOf(options.Language)));
            _configured.Add(own);
            AddSpoken(spoken, own);
        }

        // Those that are configured away as well: a call may be older than the configuration.
        foreach (var shipped in Shipped) AddSpoken(spoken, shipped);
        Spoken = new PhraseFinder(spoken);
    }

    public static PhraseBook Default { get; } = new([]);

    /// <summary>All of them, to be found again in the history.</summary>
    public PhraseFinder Spoken { get; }

    /// <summary>The language of a code such as <c>de</c>, <c>de-AT</c> or <c>pt_BR</c>; null where it is no code.</summary>
    public static string? LanguageOf(string? code)
    {
        var language = code?.Trim().Split('-', '_')[0];
        return language is { Length: 2 or 3 } && language.All(char.IsAsciiLetter) ? language.ToLowerInvariant() : null;
    }

    public static Phrases? FindShipped(string? language) => Array.Find(Shipped, phrases => phrases.Language == language);

    /// <summary>The phrases of a language, if there are any.</summary>
    public Phrases? Find(string? language) => _configured.Find(phrases => phrases.Language == language) ?? FindShipped(language);

    private static void AddSpoken(List<Phrase> phrases, Phrases language)
    {
        foreach (var words in language.BufferWords) phrases.Add(Phrase.Of(words, isFallback: false));
        phrases.Add(Phrase.Of(language.FallbackAfterUser, isFallback: true));
        phrases.Add(Phrase.Of(language.FallbackAfterTool, isFallback: true));
        phrases.Add(Phrase.Of(language.ContentFiltered, isFallback: true));
    }

    private static Phrases Configured(PhraseOptions options, Phrases? shipped) => new()
    {
        Language = LanguageOf(options.Language)!,
        BufferWords = options.BufferWords.Count > 0 ? [.. options.BufferWords.Distinct()] : shipped!.BufferWords,
        FallbackAfterUser = options.FallbackAfterUser ?? shipped!.FallbackAfterUser,
        FallbackAfterTool = options.FallbackAfterTool ?? shipped!.FallbackAfterTool,
        ContentFiltered = options.ContentFiltered ?? shipped!.ContentFiltered,
        Closing = options.Closing ?? shipped!.Closing,
        EndCall = options.EndCall ?? shipped!.EndCall,
    };
}
