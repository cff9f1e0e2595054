using System.Text;
using Gateway.Options;
using Gateway.Speech;

namespace Gateway.Tests.Speech;

public sealed class PhraseBookTests
{
    private static readonly string[] Languages = ["en", "es", "de", "fr", "it", "pt", "nl", "pl", "hi", "ja"];

    public static TheoryData<string> Shipped => [.. Languages];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Shipped_EveryLanguage_KeepsTheRulesOfConfiguredPhrases(string language)
    {
        var phrases = PhraseBook.FindShipped(language);

        Assert.NotNull(phrases);
        Assert.InRange(phrases.BufferWords.Distinct().Count(), 4, 8);
        Assert.All(phrases.BufferWords, words => Assert.Null(PhraseRules.BufferWords(words)));
        // Two seconds of speech: longer ones would delay the answer that comes meanwhile.
        Assert.All(phrases.BufferWords, words => Assert.True(words.Length <= 45, words));
        string[] sentences = [phrases.FallbackAfterUser, phrases.FallbackAfterTool, phrases.ContentFiltered, phrases.Closing, phrases.EndCall];
        Assert.Equal(5, sentences.Distinct().Count());
        Assert.All(sentences, sentence => Assert.Null(PhraseRules.Sentence(sentence)));
        // A sentence that does not end is spoken as if something followed.
        Assert.All(sentences, sentence => Assert.Contains(sentence[^1], ".?。।"));
        Assert.All(sentences, sentence => Assert.Equal(sentence.Trim(), sentence));
    }

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Match_EveryShippedPhrase_IsFoundWhole(string language)
    {
        var phrases = PhraseBook.FindShipped(language)!;

        Assert.All(phrases.BufferWords, words => Assert.Equal(new SpokenStart(Bytes(words), HasFallback: false), Match(words)));
        Assert.All(
            [phrases.FallbackAfterUser, phrases.FallbackAfterTool, phrases.ContentFiltered],
            sentence => Assert.Equal(new SpokenStart(Bytes(sentence), HasFallback: true), Match(sentence)));
        Assert.All(phrases.BufferWords, words => Assert.Equal(new SpokenStart(Bytes(words), HasFallback: false), Match(words + "42.")));
    }

    [Theory]
    [InlineData("One moment, please... Sure.", "One moment, please... ")]
    [InlineData("One moment, please...Sure.", "One moment, please...")]
    [InlineData("One moment, please… Sure.", "One moment, please… ")]
    [InlineData("One moment, please….. Sure.", "One moment, please….. ")]
    [InlineData("One moment, please...\\n\\nSure.", "One moment, please...\\n\\n")]
    [InlineData("One moment, please\\u2026\\u00a0Sure.", "One moment, please\\u2026\\u00a0")]
    [InlineData(" \\t One  moment,\\nplease...   Sure.", " \\t One  moment,\\nplease...   ")]
    [InlineData("\\u004fne moment, please... Sure.", "\\u004fne moment, please... ")]
    [InlineData("Let me see... One moment, please... Sure.", "Let me see... One moment, please... ")]
    [InlineData("Let me see...", "Let me see...")]
    [InlineData("Let me see... Let me thi", "Let me see... Let me thi")]
    [InlineData("One mom", "")]
    [InlineData("One mome", "")]
    [InlineData("One momen", "One momen")]
    [InlineData("One moment, please.", "One moment, please.")]
    [InlineData("One moment, please. Sure.", "")]
    [InlineData("One moment.", "")]
    [InlineData("one moment, please... Sure.", "")]
    [InlineData("Well, one moment, please... ", "")]
    [InlineData("", "")]
    [InlineData(" ", "")]
    [InlineData("\\ud800", "")]
    [InlineData("I'm still checking that for you. Please stay on the line. Sure.", "I'm still checking that for you. Please stay on the line. ")]
    public void Match_Text_IsFoldedAndTruncated(string json, string spoken)
    {
        var bytes = Encoding.UTF8.GetBytes(json);

        Assert.Equal(spoken, Encoding.UTF8.GetString(bytes.AsSpan(0, PhraseBook.Default.Spoken.Match(bytes, isAll: true).Length)));
    }

    [Fact]
    public void Match_TruncatedTextThatIsNotAll_IsNoPhrase() => Assert.Equal(0, PhraseBook.Default.Spoken.Match("One momen"u8, isAll: false).Length);

    [Theory]
    [InlineData("Jag ska se... ", "Jag ska se... Ja.", "Jag ska se... ")]
    [InlineData("Hm... ", "Hm... Ja.", "Hm... ")]
    [InlineData("Hm... ", "Hm... vänta lite... Ja.", "Hm... vänta lite... ")]
    [InlineData("Say \"yes\"... ", "Say \\\"yes\\\"... Ja.", "Say \\\"yes\\\"... ")]
    public void Match_ConfiguredPhrase_TheLongestIsFound(string words, string json, string spoken)
    {
        var bytes = Encoding.UTF8.GetBytes(json);

        Assert.Equal(spoken, Encoding.UTF8.GetString(bytes.AsSpan(0, Swedish(words, "Hm... vänta lite... ").Spoken.Match(bytes, isAll: true).Length)));
    }

    [Fact]
    public void Match_SentenceWithoutAnEnd_DoesNotSplitAWord()
    {
        var book = new PhraseBook([Configured("en", phrases => phrases.FallbackAfterUser = "Come again please")]);

        Assert.Equal(18, book.Spoken.Match("Come again please now"u8, isAll: true).Length);
        Assert.Equal(0, book.Spoken.Match("Come again pleased"u8, isAll: true).Length);
    }

    [Fact]
    public void Match_LongestPhraseAllowed_IsFound()
    {
        var words = new string('x', PhraseBook.MaxLength - 4) + "... ";

        Assert.Null(PhraseRules.BufferWords(words));
        Assert.Equal(words.Length, Swedish(words).Spoken.Match(Encoding.UTF8.GetBytes(words + "Ja."), isAll: true).Length);
    }

    [Fact]
    public void Configured_ShippedLanguage_KeepsWhatIsNotSet()
    {
        var book = new PhraseBook([Configured("de-AT", phrases => phrases.BufferWords.Add("Moment noch... "))]);

        Assert.Equal(["Moment noch... "], book.Find("de")!.BufferWords);
        Assert.Equal(PhraseBook.FindShipped("de")!.Closing, book.Find("de")!.Closing);
        Assert.Equal(PhraseBook.FindShipped("fr"), book.Find("fr"));
        // A call that began before the configuration changed has them in its history.
        Assert.Equal("Einen Moment, bitte... ".Length, book.Spoken.Match("Einen Moment, bitte... Gern."u8, isAll: true).Length);
    }

    [Theory]
    [InlineData("de", "de")]
    [InlineData("de-AT", "de")]
    [InlineData("pt_BR", "pt")]
    [InlineData(" EN ", "en")]
    [InlineData("fil", "fil")]
    [InlineData("german", null)]
    [InlineData("d", null)]
    [InlineData("日本", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void LanguageOf_Code_IsItsLanguage(string? code, string? language) => Assert.Equal(language, PhraseBook.LanguageOf(code));

    [Theory]
    [InlineData("Sure. One moment, please... ", true)]
    [InlineData("One moment, please...", true)]
    [InlineData("Sure.\\nLet me see\\u2026", true)]
    [InlineData("Let me thin", true)]
    [InlineData("One moment, please... Sure.", false)]
    [InlineData("Sure...", false)]
    [InlineData("xLet me see... ", false)]
    [InlineData("I'm still checking that for you. Please stay on the line.", false)]
    [InlineData("", false)]
    public void EndsInBufferWords_Text_IsSeenAtItsEnd(string json, bool expected) => Assert.Equal(expected, PhraseBook.Default.Spoken.EndsInBufferWords(Encoding.UTF8.GetBytes(json)));

    private static SpokenStart Match(string text) => PhraseBook.Default.Spoken.Match(Encoding.UTF8.GetBytes(text), isAll: true);

    private static int Bytes(string text) => Encoding.UTF8.GetByteCount(text);

    private static PhraseBook Swedish(params string[] words) => new([Configured("sv", phrases =>
    {
        foreach (var each in words) phrases.BufferWords.Add(each);
        phrases.FallbackAfterUser = "Förlåt, kan du säga det igen?";
        phrases.FallbackAfterTool = "Jag kontrollerar det fortfarande.";
        phrases.ContentFiltered = "Det kan jag tyvärr inte hjälpa till med.";
        phrases.Closing = "Förlåt, jag blev avbruten.";
        phrases.EndCall = "Ring gärna igen lite senare.";
    })]);

    private static PhraseOptions Configured(string language, Action<PhraseOptions> change)
    {
        var options = new PhraseOptions { Language = language };
        change(options);
        return options;
    }
}
