using Gateway.Speech;

namespace Gateway.Tests.Speech;

/// <summary>
/// Sentences as agents say them, in <c>Sentences</c>. The last five of each language were written when the words were chosen, but for some of the Polish ones.
/// </summary>
public sealed class LanguageDetectorTests
{
    private static readonly string[] WithPhrases = ["en", "es", "de", "fr", "it", "pt", "nl", "pl", "hi", "ja"];

    [Fact]
    public void Detect_SentencesOfTheTenLanguages_AreClaimedByTheRightOne()
    {
        var verdicts = WithPhrases.SelectMany(language => Sentences(language).Select(sentence => (language, Claim: LanguageDetector.Detect(sentence)))).ToArray();
        var claims = verdicts.Where(verdict => verdict.Claim is not null).ToArray();

        Assert.InRange(claims.Count(verdict => verdict.Claim == verdict.language) / (double)claims.Length, 0.99, 1);
        Assert.InRange(claims.Length / (double)verdicts.Length, 0.85, 1);
        foreach (var language in WithPhrases)
        {
            var own = verdicts.Where(verdict => verdict.language == language).ToArray();
            Assert.True(own.Length >= 20, language);
            Assert.True(own.Count(verdict => verdict.Claim == language) >= 0.75 * own.Length, language);
        }
    }

    [Theory]
    [InlineData("sv")]
    [InlineData("da")]
    [InlineData("tr")]
    [InlineData("ro")]
    [InlineData("cs")]
    public void Detect_SentencesOfANeighbour_AreUnknown(string language) =>
        Assert.All(Sentences(language), sentence => Assert.True(LanguageDetector.Detect(sentence) is null, sentence));

    [Fact]
    public void Detect_SentencesOfOtherLanguages_AreUnknownButForTheClosestKin()
    {
        var claimed = Sentences("other").Where(line => LanguageDetector.Detect(line.Split('\t')[1]) is not null).ToArray();

        // Galician, of which a Portuguese understands every word.
        Assert.Equal(["gl"], claimed.Select(line => line.Split('\t')[0]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("4711 0815 12:30 --- !!!")]
    [InlineData("Okay. Okay, okay. Hotel Madrid, Taxi Berlin, Pizza Roma.")]
    [InlineData("Müller Schmidt García Fernández Dubois Kowalski Jansen")]
    public void Detect_NoSentence_IsUnknown(string text) => Assert.Null(LanguageDetector.Detect(text));

    [Fact]
    public void Detect_NamesOfAnotherLanguage_DoNotMislead() =>
        Assert.Equal("en", LanguageDetector.Detect("I have booked a table for you and Señor Núñez at the Café Größe, is that right?"));

    private static string[] Sentences(string file) => File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Speech", "Sentences", $"{file}.txt"));
}
