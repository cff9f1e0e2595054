using System.Text;
using Gateway.Options;
using Gateway.Requests;
using Gateway.Speech;

namespace Gateway.Tests.Speech;

public sealed class BufferWordsTests
{
    private static readonly Phrases English = PhraseBook.FindShipped("en")!;

    [Fact]
    public void Words_SlowTurn_AreAPhraseThatEndsInDotsAndASpace()
    {
        Assert.True(Of(Histories.Request(Histories.Assistant(), Histories.User())).TryBufferWords(0, out var content));

        var json = Encoding.UTF8.GetString(content.Span);
        Assert.EndsWith("... \"", json, StringComparison.Ordinal);
        Assert.Contains(Histories.Text(content), English.BufferWords);
    }

    [Fact]
    public void Words_SameTurnSentAgain_AreTheSame() => Assert.Equal(Words(0, Turn(3)), Words(0, Turn(3)));

    [Fact]
    public void Words_OfAConversation_Rotate()
    {
        var first = Enumerable.Range(1, English.BufferWords.Count).Select(turn => Words(0, Turn(turn))).ToArray();

        Assert.Equal(English.BufferWords.Order(), first.Order());
        for (var turn = 1; turn < first.Length; turn++)
        {
            var second = Words(1, Turn(turn));
            Assert.NotEqual(first[turn - 1], second);
            Assert.NotEqual(first[turn], second);
        }
    }

    [Fact]
    public void Words_OnePhraseConfigured_AreSpokenOnceATurn()
    {
        var one = new PhraseOptions { Language = "en", BufferWords = { "Well... " } };
        var speech = new TurnSpeech(Turn(1), Histories.Caller(phrases: new PhraseBook([one])));

        Assert.True(speech.TryBufferWords(0, out _));
        Assert.False(speech.TryBufferWords(1, out _));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void Words_Third_AreNeverSpoken(int nth) => Assert.Null(Words(nth, Turn(1)));

    [Theory]
    [InlineData("Yes please", false)]
    [InlineData("Yes, please!", false)]
    [InlineData("123 456 789 000 abcdefghi", false)]
    [InlineData("Yes, pleases", true)]
    [InlineData("Yes \\u0070lease\\u0073", true)]
    public void Words_UserTextUnderTenLetters_AreNotSpoken(string text, bool expected) =>
        Assert.Equal(expected, Words(0, Histories.Request(Histories.Assistant(), $$"""{"role":"user","content":"{{text}}"}""")) is not null);

    [Fact]
    public void Words_UserTextInParts_IsCountedTogether() => Assert.NotNull(
        Words(0, Histories.Request(Histories.Assistant(), """{"role":"user","content":[{"type":"text","text":"I need"},{"type":"text","text":"a doctor"}]}""")));

    [Fact]
    public void Words_NoUserAtAll_AreNotSpoken() => Assert.Null(Words(0, Histories.Request(Histories.System())));

    [Fact]
    public void Words_AfterAToolResult_AreSpoken() => Assert.NotNull(Words(0, AfterTool("find", content: null)));

    [Theory]
    [InlineData("Let me see... ")]
    [InlineData("Let me see… Which one shall it be?")]
    [InlineData("Let me thin")]
    public void Words_SpokenInAnEarlierRoundOfTools_AreNotSpokenAgain(string content) => Assert.Null(Words(0, AfterTool("find", content)));

    [Fact]
    public void Words_SpokenTwoRoundsAgo_AreNotSpokenAgain() => Assert.Null(Words(0, Histories.Request(
        Histories.Assistant(), Histories.User(), Histories.Call("find", content: "Let me see... "), Histories.Result(), Histories.Call("book", id: "call_2"), Histories.Result("call_2"))));

    [Fact]
    public void Words_SpokenForAnEarlierMessage_MayBeSpokenAgain() => Assert.NotNull(Words(0, Histories.Request(
        Histories.User(), Histories.Assistant("Let me see... " + Histories.English), Histories.User())));

    [Theory]
    [InlineData(" Let me see... ", false)]
    [InlineData(" Let me see\u2026", false)]
    [InlineData(" Now...", true)]
    public void Words_AssistantEndedInThem_AreNotSpoken(string end, bool expected) =>
        Assert.Equal(expected, Words(0, Histories.Request(Histories.Assistant(Histories.English + end), Histories.User())) is not null);

    [Fact]
    public void Words_CutShortByABargeIn_AreNotSpokenAgain() =>
        Assert.Null(Words(0, Histories.Request(Histories.Assistant(), Histories.User(), Histories.Assistant("One moment, ple"), Histories.User())));

    [Theory]
    [InlineData("transfer_to_number", false)]
    [InlineData("transfer_to_agent", false)]
    [InlineData("voicemail_detection", false)]
    [InlineData("language_detection", true)]
    [InlineData("find", true)]
    public void Words_AfterATransferOrVoicemail_AreNotSpoken(string tool, bool expected)
    {
        Assert.Equal(expected, Words(0, AfterTool(tool, content: null)) is not null);
        Assert.Equal(expected, Words(0, Histories.Request(Histories.Assistant(), Histories.User(), $$"""{"role":"tool","name":"{{tool}}","content":""}""")) is not null);
        // Among results of several calls.
        Assert.Equal(expected, Words(0, Histories.Request(
            Histories.Assistant(), Histories.User(), Histories.Call(tool), Histories.Call("find", id: "call_2"), Histories.Result(), Histories.Result("call_2"))) is not null);
    }

    [Fact]
    public void Words_TurnAfterATransfer_AreSpoken() => Assert.NotNull(Words(0, Histories.Request(
        Histories.User(), Histories.Call("transfer_to_agent"), Histories.Result(), Histories.Assistant(), Histories.User())));

    [Theory]
    [InlineData(true, "", true)]
    [InlineData(true, """{"gateway":{"buffer_words":false}}""", false)]
    [InlineData(true, """{"gateway":{"buffer_words":true}}""", true)]
    [InlineData(true, """{"gateway":{"buffer_words":"false"}}""", true)]
    [InlineData(true, """{"gateway":null,"buffer_words":false}""", true)]
    [InlineData(false, "", false)]
    [InlineData(false, """{"gateway":{"buffer_words":true}}""", false)]
    public void Words_OptionAndRequest_BothHaveToAgree(bool option, string extraBody, bool expected)
    {
        var request = Histories.Request([Histories.Assistant(), Histories.User()], extraBody.Length == 0 ? "" : $",\"elevenlabs_extra_body\":{extraBody}");

        Assert.Equal(expected, new TurnSpeech(request, Histories.Caller(caller => caller.BufferWords = option)).TryBufferWords(0, out _));
    }

    [Fact]
    public void Words_OfAProgram_AreNotSpoken() =>
        Assert.False(new TurnSpeech(Turn(1), Histories.Caller(caller => caller.Profile = CallerProfile.Api)).TryBufferWords(0, out _));

    private static TurnSpeech Of(ChatRequest request) => new(request, Histories.Caller());

    private static string? Words(int nth, ChatRequest request) => Of(request).TryBufferWords(nth, out var content) ? Histories.Text(content) : null;

    private static ChatRequest AfterTool(string tool, string? content) =>
        Histories.Request(Histories.Assistant(), Histories.User(), Histories.Call(tool, content: content), Histories.Result());

    private static ChatRequest Turn(int number) => Histories.Request([.. Enumerable.Repeat<string[]>([Histories.Assistant(), Histories.User()], number).SelectMany(each => each)]);
}
