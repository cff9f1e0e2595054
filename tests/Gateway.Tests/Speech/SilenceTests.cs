using Gateway.Requests;
using Gateway.Speech;

namespace Gateway.Tests.Speech;

public sealed class SilenceTests
{
    public static TheoryData<string, bool> LastMessages => new()
    {
        { Histories.Assistant(), true },
        { Histories.Call("find"), true },
        { Histories.User(""), true },
        { Histories.User("..."), true },
        { Histories.User(" …?!。\u200b\n"), true },
        { """{"role":"user","content":null}""", true },
        { """{"role":"user"}""", true },
        { """{"role":"user","content":[]}""", true },
        { """{"role":"user","content":[{"type":"text","text":"..."},{"type":"text","text":" "}]}""", true },
        { Histories.User("No"), false },
        { Histories.User("7"), false },
        { Histories.User("はい"), false },
        { Histories.User("... hm ..."), false },
        { """{"role":"user","content":[{"type":"text","text":"..."},{"type":"text","text":"Yes"}]}""", false },
        { """{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:,"}}]}""", false },
        { Histories.Result(text: ""), false },
        { Histories.System(), false },
    };

    [Theory]
    [MemberData(nameof(LastMessages))]
    public void IsSilence_LastMessage_Decides(string last, bool expected) => Assert.Equal(expected, Of(Histories.Request(Histories.System(), Histories.User(), last)).IsSilence);

    [Fact]
    public void IsSilence_SystemMessageAfterTheAssistant_IsStillSilence() => Assert.True(Of(Histories.Request(Histories.User(), Histories.Assistant(), Histories.System())).IsSilence);

    [Fact]
    public void IsSilence_OnlySystemMessages_IsNone() => Assert.False(Of(Histories.Request(Histories.System())).IsSilence);

    [Fact]
    public void IsSilence_AnyRequest_AllocatesNothing()
    {
        var speech = Of(Histories.Request(Histories.System(), Histories.Assistant(), Histories.User()));
        Assert.False(speech.IsSilence);

        Assert.Equal(0, Allocations.Least(() =>
        {
            for (var i = 0; i < 100; i++) _ = speech.IsSilence;
        }));
    }

    [Fact]
    public void Silence_SkipTurnOffered_SkipsAndNeverApologises()
    {
        var speech = Of(Histories.Request([Histories.User("...")], Histories.Tools("end_call", "skip_turn"))).Fallback(FallbackReason.Failed);

        Assert.Equal("skip_turn", speech.Tool);
        Assert.Equal("""{"reason":"Nothing was said."}""", Histories.Text(speech.ArgumentsJson!.Value));
        Assert.Null(speech.ContentJson);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Silence_SkipTurnNotOffered_IsASingleSpace(bool isFiltered)
    {
        var reason = isFiltered ? FallbackReason.ContentFiltered : FallbackReason.Failed;
        // The assistant's last answer was a fallback sentence, and the way out is offered: a silence is no reason to take it.
        var speech = Of(Histories.Request([Histories.User(), Histories.Assistant(PhraseBook.FindShipped("en")!.FallbackAfterUser)], Histories.Tools("end_call"))).Fallback(reason);

        Assert.Equal("\" \""u8, speech.ContentJson!.Value.Span);
        Assert.Null(speech.Tool);
    }

    [Fact]
    public void Silence_BufferWords_AreNotSpoken() => Assert.False(Of(Histories.Request(Histories.User(), Histories.Assistant())).TryBufferWords(0, out _));

    private static TurnSpeech Of(ChatRequest request) => new(request, Histories.Caller(caller => caller.Language = "en"));
}
