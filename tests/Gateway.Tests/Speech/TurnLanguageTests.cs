using Gateway.Speech;

namespace Gateway.Tests.Speech;

public sealed class TurnLanguageTests
{
    private const string French = ",\"elevenlabs_extra_body\":{\"gateway\":{\"language\":\"fr-CA\"}}";

    private static readonly string Spanish = Histories.Call("language_detection", """{"reason":"The user speaks Spanish.","language":"es"}""");

    [Fact]
    public void Language_FromTheSurestSource_IsTaken()
    {
        // Each without the one before.
        Assert.Equal("es", Find([Histories.Assistant(Histories.German), Histories.User(), Spanish, Histories.Result()], French, "it"));
        Assert.Equal("fr", Find([Histories.Assistant(Histories.German), Histories.User()], French, "it"));
        Assert.Equal("de", Find([Histories.Assistant(Histories.German), Histories.User()], "", "it"));
        Assert.Equal("it", Find([Histories.Assistant("Guten Tag!"), Histories.User()], "", "it-CH"));
        Assert.Null(Find([Histories.Assistant("Guten Tag!"), Histories.User()], "", null));
    }

    [Fact]
    public void Language_OfSeveralDetections_IsTheLast() => Assert.Equal("de", Find(
        [Histories.User(), Spanish, Histories.Result(), Histories.User(), Histories.Call("language_detection", """{"language":"de-AT"}"""), Histories.Result(), Histories.User()]));

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"language":7}""")]
    [InlineData("""{"language":"the user's"}""")]
    [InlineData("""{"language":"\ud800"}""")]
    public void Language_DetectionThatSaysNothing_IsPassedOver(string arguments) =>
        Assert.Equal("es", Find([Histories.User(), Spanish, Histories.Result(), Histories.User(), Histories.Call("language_detection", arguments), Histories.Result()]));

    [Fact]
    public void Language_DetectedFromTheAssistantAlone_NeverFromTheUser() => Assert.Null(Find([Histories.Assistant("Hello."), Histories.User(Histories.German)]));

    [Fact]
    public void Language_OfTheLastTexts_IsTaken() => Assert.Equal("de", Find([Histories.Assistant(), Histories.User(), Histories.Assistant(Histories.German), Histories.User()]));

    [Fact]
    public void Language_ShortTexts_AreReadTogetherUntilTheyAreFortyLetters()
    {
        string[] shorts = [Histories.Assistant("Guten Tag, was kann ich für Sie tun?"), Histories.User("Hm"), Histories.Assistant("Ja, das geht am Montag."), Histories.User()];

        Assert.Equal("de", Find(shorts));
        Assert.Null(Find(shorts[2..]));
    }

    [Fact]
    public void Language_PhrasesAtTheStart_TellNothing()
    {
        // The endpoint itself said it, in English for want of a better one.
        var english = PhraseBook.FindShipped("en")!;
        Assert.Null(Find([Histories.User(), Histories.Assistant(english.FallbackAfterUser), Histories.User()]));
        Assert.Equal("de", Find([Histories.User(), Histories.Assistant($"{english.FallbackAfterTool} {Histories.German}"), Histories.User()]));
    }

    [Fact]
    public void BufferWords_NoLanguageCertain_AreNotSpoken()
    {
        Assert.Null(BufferWords([Histories.Assistant("Hello."), Histories.User()], null));
        Assert.Contains(BufferWords([Histories.Assistant("Hello."), Histories.User()], "nl"), PhraseBook.FindShipped("nl")!.BufferWords);
    }

    [Fact]
    public void BufferWords_LanguageWithoutPhrases_AreNotSpoken() =>
        Assert.Null(BufferWords([Histories.Assistant(), Histories.User(), Histories.Call("language_detection", """{"language":"sv"}"""), Histories.Result()], "en"));

    [Theory]
    [InlineData("sv", null, "en")]
    [InlineData("sv", "nl", "nl")]
    [InlineData("ja", "nl", "ja")]
    [InlineData("", null, "en")]
    [InlineData("", "pl", "pl")]
    public void Fallback_Language_IsTheCallersAndThenEnglishWhereNoneIsCertain(string detected, string? configured, string expected)
    {
        var request = Histories.Request(Histories.Assistant("Hello."), Histories.Call("language_detection", $$"""{"language":"{{detected}}"}"""), Histories.Result(), Histories.User());
        var speech = new TurnSpeech(request, Histories.Caller(caller => caller.Language = configured));

        Assert.Equal(PhraseBook.FindShipped(expected)!.FallbackAfterUser, Histories.Text(speech.Fallback(FallbackReason.Failed).ContentJson!.Value));
        Assert.Equal($" {PhraseBook.FindShipped(expected)!.Closing}", Histories.Text(speech.ClosingPhrase));
    }

    private static string? Find(string[] messages, string more = "", string? configured = null) =>
        TurnLanguage.Find(Histories.Request(messages, more), Histories.Caller(caller => caller.Language = configured));

    private static string? BufferWords(string[] messages, string? configured) =>
        new TurnSpeech(Histories.Request(messages), Histories.Caller(caller => caller.Language = configured)).TryBufferWords(0, out var words) ? Histories.Text(words) : null;
}
