using System.Text;
using Gateway.Options;
using Gateway.Speech;

namespace Gateway.Tests.Speech;

public sealed class FallbackTests
{
    private const string Transfer = """{"transfer_number" : "+15550100","client_message":"Ich verbinde Sie – einen \"Moment\".","agent_message":"a\\b\n"}""";

    private static readonly Phrases English = PhraseBook.FindShipped("en")!;

    [Fact]
    public void Fallback_AfterTheUser_AsksToSayItAgain() => Assert.Equal(English.FallbackAfterUser, Said([Histories.Assistant(), Histories.User()]));

    [Fact]
    public void Fallback_AfterATool_NeverAsksToRepeat()
    {
        Assert.Equal(English.FallbackAfterTool, Said([Histories.Assistant(), Histories.User(), Histories.Call("book"), Histories.Result()]));
        Assert.Equal(English.FallbackAfterTool, Said([Histories.Assistant(), Histories.User(), Histories.Call("book"), Histories.Result(), Histories.System()]));
        Assert.Equal(English.FallbackAfterTool, Said([Histories.Assistant(), Histories.User(), """{"role":"function","name":"book","content":"ok"}"""]));
    }

    [Fact]
    public void Fallback_ContentFilter_HasItsOwnSentence()
    {
        Assert.Equal(English.ContentFiltered, Said([Histories.Assistant(), Histories.User()], FallbackReason.ContentFiltered));
        Assert.Equal(English.ContentFiltered, Said([Histories.Assistant(), Histories.User(), Histories.Call("book"), Histories.Result()], FallbackReason.ContentFiltered));
    }

    [Fact]
    public void Fallback_First_LeavesTheWayOutAlone() => Assert.NotNull(Of([Histories.Assistant(), Histories.User()], ["transfer_to_number", "end_call"]).ContentJson);

    public static TheoryData<string, string[]> InARow => new()
    {
        { "said in full", [Histories.User(), Histories.Assistant(English.FallbackAfterUser), Histories.User()] },
        { "after a tool", [Histories.User(), Histories.Call("book"), Histories.Result(), Histories.Assistant(English.FallbackAfterTool), Histories.User()] },
        { "for the content filter", [Histories.User(), Histories.Assistant(English.ContentFiltered), Histories.User()] },
        { "after buffer words", [Histories.User(), Histories.Assistant(English.BufferWords[0] + English.BufferWords[1] + English.FallbackAfterUser), Histories.User()] },
        { "cut short by a barge-in", [Histories.User(), Histories.Assistant(English.FallbackAfterUser[..20]), Histories.User()] },
        { "in another language", [Histories.User(), Histories.Assistant(PhraseBook.FindShipped("ja")!.FallbackAfterUser), Histories.User()] },
        { "in a list of parts", [Histories.User(), $$"""{"role":"assistant","content":[{"type":"text","text":"{{English.FallbackAfterUser}}"}]}""", Histories.User()] },
        { "followed by a silence turn", [Histories.User(), Histories.Assistant(English.FallbackAfterUser), Histories.Assistant(" "), Histories.Assistant(""), Histories.User()] },
        { "followed by a skipped turn", [Histories.User(), Histories.Assistant(English.FallbackAfterUser), Histories.User("..."), Histories.Call("skip_turn"), Histories.Result(), Histories.User()] },
        { "followed by buffer words that were cut off", [Histories.User(), Histories.Assistant(English.FallbackAfterUser), Histories.User(), Histories.Assistant("One moment, ple"), Histories.User()] },
    };

    [Theory]
    [MemberData(nameof(InARow))]
    public void Fallback_SecondInARow_TakesTheWayOut(string why, string[] messages)
    {
        var speech = Of(messages, ["find", "transfer_to_number", "end_call"]);

        Assert.True(speech.Tool == "transfer_to_number", why);
        Assert.Equal(Transfer, Histories.Text(speech.ArgumentsJson!.Value));
        Assert.Null(speech.ContentJson);
        Assert.Equal("transfer_to_number", Of(messages, ["transfer_to_number"], FallbackReason.ContentFiltered).Tool);
    }

    public static TheoryData<string, string[]> NotInARow => new()
    {
        { "an answer since", [Histories.User(), Histories.Assistant(English.FallbackAfterUser), Histories.User(), Histories.Assistant(), Histories.User()] },
        { "an answer behind it", [Histories.User(), Histories.Assistant($"{English.FallbackAfterUser} It is four."), Histories.User()] },
        { "a call since", [Histories.User(), Histories.Assistant(English.FallbackAfterUser), Histories.User(), Histories.Call("find"), Histories.Result()] },
        { "buffer words alone", [Histories.User(), Histories.Assistant(English.BufferWords[0]), Histories.User()] },
        { "said by the user", [Histories.Assistant(), Histories.User(English.FallbackAfterUser)] },
        { "an answer that broke off", [Histories.User(), Histories.Assistant($"It is fo {English.Closing}"), Histories.User()] },
    };

    [Theory]
    [MemberData(nameof(NotInARow))]
    public void Fallback_FirstSinceAnAnswer_IsASentence(string why, string[] messages) => Assert.True(Of(messages, ["transfer_to_number", "end_call"]).ContentJson is not null, why);

    [Theory]
    [InlineData("transfer_to_number,end_call", true, true, "transfer_to_number")]
    [InlineData("end_call", true, true, "end_call")]
    [InlineData("transfer_to_number,end_call", false, true, "end_call")]
    [InlineData("transfer_to_number", false, true, null)]
    [InlineData("transfer_to_number,end_call", false, false, null)]
    [InlineData("end_call", true, false, null)]
    [InlineData("find", true, true, null)]
    [InlineData("", true, true, null)]
    public void Fallback_WayOut_NeedsTheToolAndTheSetting(string offered, bool transfers, bool endsCall, string? expected)
    {
        var caller = Histories.Caller(options =>
        {
            options.WayOut.TransferArguments = transfers ? Transfer : null;
            options.WayOut.EndCall = endsCall;
        });
        var request = Histories.Request([Histories.Assistant(English.FallbackAfterUser), Histories.User()], offered.Length == 0 ? "" : Histories.Tools(offered.Split(',')));

        var speech = new TurnSpeech(request, caller).Fallback(FallbackReason.Failed);

        Assert.Equal(expected, speech.Tool);
        Assert.Equal(expected is null, speech.ContentJson is not null);
    }

    [Fact]
    public void Fallback_EndCall_HasAReasonAndTheMessageOfTheLanguage()
    {
        var request = Histories.Request([Histories.Assistant(Histories.German), Histories.Assistant(PhraseBook.FindShipped("de")!.FallbackAfterUser), Histories.User()], Histories.Tools("end_call"));

        var speech = new TurnSpeech(request, Histories.Caller()).Fallback(FallbackReason.Failed);

        Assert.Equal(
            $$"""{"reason":"The assistant cannot answer.","message":"{{PhraseBook.FindShipped("de")!.EndCall}}"}""",
            Histories.Text(speech.ArgumentsJson!.Value));
    }

    [Fact]
    public void Fallback_ConfiguredPhrase_MayHoldAnyCharacter()
    {
        var phrases = new PhraseOptions { Language = "en", EndCall = "He said \"bye\" \\ 👋 <ok> & more", FallbackAfterUser = "Say it \"again\", 👋 please" };
        var caller = Histories.Caller(phrases: new PhraseBook([phrases]));

        var first = new TurnSpeech(Histories.Request(Histories.User()), caller).Fallback(FallbackReason.Failed);
        Assert.Equal(phrases.FallbackAfterUser, Histories.Text(first.ContentJson!.Value));

        var second = new TurnSpeech(Histories.Request([Histories.Assistant(phrases.FallbackAfterUser), Histories.User()], Histories.Tools("end_call")), caller).Fallback(FallbackReason.Failed);
        var arguments = Encoding.UTF8.GetBytes(Histories.Text(second.ArgumentsJson!.Value));
        Assert.Equal(phrases.EndCall, System.Text.Json.JsonDocument.Parse(arguments).RootElement.GetProperty("message").GetString());
    }

    [Fact]
    public void Fallback_HalfASurrogatePairAnywhere_HurtsNothing()
    {
        // The reader lets it pass where it reads no text.
        const string Tools = """,{"role":"assistant","content":"\ud800","tool_calls":[{"i\ud800d":"\ud800","id":"\ud800","function":{"name":"\ud800","arguments":"\ud800"}},7,null]},{"role":"tool","tool_call_id":"\ud800","content":[{"type":"text","text":"\ud800"}]}],"tools":[{"function":{"name":"\ud800"}},7]}""";
        Assert.Null(Gateway.Requests.ChatRequestReader.TryRead(Encoding.UTF8.GetBytes($"{{\"messages\":[{Histories.User()}{Tools}"), out var request));
        var speech = new TurnSpeech(request, Histories.Caller(caller => caller.Language = "en"));

        Assert.True(speech.TryBufferWords(0, out _));
        Assert.Equal(English.FallbackAfterTool, Histories.Text(speech.Fallback(FallbackReason.Failed).ContentJson!.Value));
    }

    private static string Said(string[] messages, FallbackReason reason = FallbackReason.Failed) => Histories.Text(Of(messages, [], reason).ContentJson!.Value);

    private static SpokenReply Of(string[] messages, string[] tools, FallbackReason reason = FallbackReason.Failed) => new TurnSpeech(
        Histories.Request([Histories.System(), .. messages], Histories.Tools(tools)), Histories.Caller(caller => caller.WayOut.TransferArguments = Transfer)).Fallback(reason);
}
