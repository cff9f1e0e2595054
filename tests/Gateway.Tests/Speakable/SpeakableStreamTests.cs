using System.Buffers;
using System.Text;
using Gateway.Relay;
using Gateway.Tests.Relay;
using Gateway.Turns;

namespace Gateway.Tests.Speakable;

/// <summary>The frames of a caller whose answers are made speakable.</summary>
public sealed class SpeakableStreamTests
{
    private const string Done = "[DONE]";
    private static readonly string Role = Chunk("""{"role":"assistant","content":""}""");
    private static readonly string Stop = Chunk("{}", "\"stop\"");

    [Fact]
    public void Frames_WithoutMarks_AreTheSameBytes()
    {
        var stream = Stream(
            Role, Content("Hällo"), Content(" \\u0041nna,\\n5*5"), Chunk("""{"content":"!","refusal":null}"""), Chunk("""{"refusal":"**No**"}"""), Chunk("""{"reasoning_content":"**Hm**"}"""),
            Chunk("""{"tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":\"**b**\"}"}}]}"""), Chunk("{}", "\"tool_calls\""), Done);

        Assert.Equal(stream, Relay(stream).Text);
    }

    [Fact]
    public void Frames_WithMarks_LoseThemAndNothingElse() => Assert.Equal(
        Stream(Role, Content("See the"), Content(" "), Content("site"), Content(" now."), Stop, Done),
        Relay(Stream(Role, Content("See *the*"), Content(" [site"), Content("](https://a.example"), Content("/b) now."), Stop, Done)).Text);

    [Fact]
    public void Frame_WithNothingToSay_IsDropped()
    {
        var relayed = Relay(Stream(Role, Content("A "), Content("**"), Content("b"), Content("**"), Content("."), Stop, Done));

        Assert.Equal(Stream(Role, Content("A "), Content("b"), Content("."), Stop, Done), relayed.Text);
    }

    [Theory]
    [InlineData("""{"role":"assistant","content":"**"}""", """{"role":"assistant","content":""}""")]
    [InlineData("""{"content":"**","refusal":"no"}""", """{"content":"","refusal":"no"}""")]
    [InlineData("""{"content":"**","reasoning_content":"hm"}""", """{"content":"","reasoning_content":"hm"}""")]
    public void Frame_WithMarksAndMore_GoesOnWithoutThem(string delta, string expected) => Assert.Equal(
        Stream(Chunk(expected), Content("b"), Stop, Done), Relay(Stream(Chunk(delta), Content("b"), Stop, Done), voice: false).Text);

    [Fact]
    public void Marks_InFrontOfTheAnswer_AreProgressButNoFirstToken()
    {
        using var relay = new StreamRelay(voice: true, includeUsage: false, model: null, speakable: true);
        var output = new ArrayBufferWriter<byte>();

        Assert.Equal(RelayProgress.Delta, ScriptedStream.Feed(relay, Stream(Role, Content("```python\\n"), Content("x"), Content("\\n```\\n**")), output));
        Assert.Equal(0, output.WrittenCount);
        Assert.Equal(RelayProgress.Delta | RelayProgress.Meaningful, ScriptedStream.Feed(relay, Stream(Content("Done")), output));
        Assert.Equal(Stream(Role, Content("Done")), Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void Answer_OfMarksAlone_IsEmpty()
    {
        var relayed = Relay(Stream(Role, Content("```python\\nx\\n```"), Stop, Done));

        Assert.Equal(AttemptOutcome.Empty, relayed.Outcome);
        Assert.Equal(Stream(Role, Stop, Done), relayed.Text);
    }

    [Theory]
    [InlineData("stop")]
    [InlineData("length")]
    public void HeldText_AtTheFinish_IsSaidInFrontOfIt(string reason)
    {
        var finish = Chunk("{}", $"\"{reason}\"");

        Assert.Equal(
            Stream(Role, Content("See"), Written("[1]"), finish, Done),
            Relay(Stream(Role, Content("See"), Content("[1]"), finish, Done)).Text);
    }

    [Fact]
    public void HeldText_AsTheWholeAnswer_IsSaid()
    {
        var relayed = Relay(Stream(Role, Content("[1]"), Stop, Done));

        Assert.Equal(Stream(Role, Written("[1]"), Stop, Done), relayed.Text);
        Assert.Equal(AttemptOutcome.Completed, relayed.Outcome);
    }

    [Fact]
    public void HeldText_InAFrameThatFinishes_IsSaidInIt() => Assert.Equal(
        Stream(Role, Chunk("""{"content":"See b [1]"}""", "\"stop\""), Done), Relay(Stream(Role, Chunk("""{"content":"See **b** [1]"}""", "\"stop\""), Done)).Text);

    [Fact]
    public void HeldText_WithoutAFinish_IsSaidInFrontOfTheOneThatIsAdded()
    {
        const string Added = """{"id":"c1","object":"chat.completion.chunk","created":7,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""";

        Assert.Equal(Stream(Role, Written("[1]"), Added, Done), Relay(Stream(Role, Content("[1]"), Done)).Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void HeldText_InFrontOfAToolCall_IsSaidInFrontOfIt(bool voice)
    {
        string[] call =
        [
            Chunk("""{"tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":""}}]}"""),
            Chunk("""{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\":\"*\"}"}}]}"""),
            Chunk("{}", "\"tool_calls\""),
            Done,
        ];

        Assert.Equal(Stream([Role, Written("[One moment]"), .. call]), Relay(Stream([Role, Content("[One moment]"), .. call]), voice).Text);
    }

    [Fact]
    public void HalfAToolCall_OfAVoiceCaller_IsNotSentWithWhatWasHeld()
    {
        var call = Chunk("""{"tool_calls":[{"index":0,"id":"c","type":"function","function":{"name":"f","arguments":"{"}}]}""");

        var relayed = Relay(Stream(Role, Content("[1]"), call, Stop, Done));

        Assert.Equal(AttemptOutcome.Cut, relayed.Outcome);
        Assert.DoesNotContain("tool_calls", relayed.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void OtherChoices_AreNotTouched()
    {
        var stream = Stream(Content("*a*"), Chunk("""{"content":"*b*"}""", index: 1), Chunk("{}", "\"stop\"", index: 1), Content(" *c*"), Stop, Done);

        Assert.Equal(
            Stream(Content("a"), Chunk("""{"content":"*b*"}""", index: 1), Chunk("{}", "\"stop\"", index: 1), Content(" c"), Stop, Done), Relay(stream, voice: false).Text);
    }

    [Theory]
    [InlineData("""{"choices":[{"delta":{"content":"*a*"},"index":0},{"delta":{"content":"*b*"},"index":1}]}""", """{"choices":[{"delta":{"content":"a"},"index":0},{"delta":{"content":"*b*"},"index":1}]}""")]
    [InlineData("""{"choices":[{"delta":{"content":"*b*"},"index":1},{"delta":{"content":"*a*"},"index":0}]}""", """{"choices":[{"delta":{"content":"*b*"},"index":1},{"delta":{"content":"a"},"index":0}]}""")]
    public void Choices_InOneFrame_OnlyTheFirstIsSpoken(string frame, string expected) => Assert.StartsWith(
        Stream(expected), Relay(Stream(frame, Done), voice: false).Text, StringComparison.Ordinal);

    [Fact]
    public void Model_BehindTheContent_IsStillReplaced()
    {
        const string Frame = """{"choices":[{"index":0,"delta":{"content":"A **bold** word"},"finish_reason":null}],"created":7,"id":"c1","model":"m"}""";

        Assert.StartsWith(
            Stream("""{"choices":[{"index":0,"delta":{"content":"A bold word"},"finish_reason":null}],"created":7,"id":"c1","model":"mine"}"""),
            Relay(Stream(Frame, Done), model: "\"mine\"").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Stream_InAnyReads_GivesTheSameBytes()
    {
        var stream = Stream(Role, Content("**A** [b](u"), Content("rl) "), Content("c https:/"), Content("/d. "), Content("`e`"), Content("- [f"), Stop, Done);
        var expected = Relay(stream).Text;
        for (var size = 1; size < 80; size++) Assert.Equal(expected, Relay(stream, readSize: size).Text);
    }

    [Theory]
    [InlineData("Hello *5*5 \\\"x\\\" wörld")]
    [InlineData(" **b** [c](u) `d`")]
    public void Chunks_AllocateNothing(string content)
    {
        using var relay = new StreamRelay(voice: true, includeUsage: false, model: null, speakable: true);
        var output = new ArrayBufferWriter<byte>(1024 * 1024);
        var chunk = Encoding.UTF8.GetBytes(Stream(Content(content)));

        Relay1000Chunks();

        Assert.Equal(0, Allocations.Least(Relay1000Chunks));
        Assert.True(output.WrittenCount > 1000 * (chunk.Length - content.Length));

        void Relay1000Chunks()
        {
            output.ResetWrittenCount();
            for (var i = 0; i < 1000; i++)
            {
                chunk.CopyTo(relay.Free);
                relay.Accept(chunk.Length, output);
            }
        }
    }

    private static string Content(string json) => Chunk($$"""{"content":"{{json}}"}""");

    private static string Chunk(string delta, string finishReason = "null", int index = 0) =>
        $$"""{"id":"c1","object":"chat.completion.chunk","created":7,"model":"m","choices":[{"index":{{index}},"delta":{{delta}},"logprobs":null,"finish_reason":{{finishReason}}}],"usage":null}""";

    /// <summary>A chunk that was not upstream's.</summary>
    private static string Written(string content) =>
        $$"""{"id":"c1","object":"chat.completion.chunk","created":7,"model":"m","choices":[{"index":0,"delta":{"content":"{{content}}"},"finish_reason":null}]}""";

    private static string Stream(params string[] data) => string.Concat(data.Select(frame => $"data: {frame}\n\n"));

    private static (string Text, AttemptOutcome Outcome, TokenUsage Usage) Relay(string stream, bool voice = true, string? model = null, int readSize = 1000) =>
        ScriptedStream.Relayed(stream, voice, model: model, readSize: readSize, speakable: true);
}
