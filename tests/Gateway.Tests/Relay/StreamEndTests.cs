using Gateway.Turns;
using static Gateway.Tests.Relay.ScriptedStream;

namespace Gateway.Tests.Relay;

/// <summary>How a stream ends: in good order, without its finish or its end, or cut.</summary>
public sealed class StreamEndTests
{
    [Fact]
    public void Relay_FinishWithoutDone_DoneIsAdded() => Assert.Equal(Stream("\n", Role, Hello, Stop, Done), Relayed(Stream("\n", Role, Hello, Stop)).Text);

    [Fact]
    public void Relay_DoneWithoutItsBlankLine_IsTaken() => Assert.Equal(Stream("\n", Role, Hello, Stop, Done), Relayed(Stream("\n", Role, Hello, Stop) + "data: [DONE]\n").Text);

    [Fact]
    public void Relay_DoneWithoutFinish_StopIsAddedUnderTheStreamsName()
    {
        var relayed = Relayed(Stream("\n", Preamble, Role, Hello, Done));

        Assert.Equal(Stream("\n", Role, Hello, """{"id":"c1","object":"chat.completion.chunk","created":7,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""", Done), relayed.Text);
        Assert.Equal(AttemptOutcome.Completed, relayed.Outcome);
    }

    [Fact]
    public void Relay_DoneWithoutFinishAfterAToolCall_ToolCallsIsAdded()
    {
        var relayed = Relayed(Stream("\n", Role, Tool(0, "call_1", "f", "{}"), Done), voice: true);

        Assert.Contains("\"finish_reason\":\"tool_calls\"}]}\n\ndata: [DONE]\n\n", relayed.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Relay_DoneWithOneOfTwoChoicesFinished_OnlyTheOtherIsFinished()
    {
        var relayed = Relayed(Stream("\n", Chunk("""{"content":"a"}""", index: 0), Chunk("""{"content":"b"}""", index: 1), Chunk("{}", "\"stop\"", index: 1), Done));

        Assert.Equal(1, Count(relayed.Text, "\"index\":0,\"delta\":{},\"finish_reason\":\"stop\""));
        Assert.Equal(0, Count(relayed.Text, "\"index\":1,\"delta\":{},\"finish_reason\":\"stop\""));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Relay_EndWithNeither_IsACutAnswer(int frames)
    {
        string[] stream = [.. new[] { Role, Hello }.Take(frames)];

        Assert.Equal(AttemptOutcome.Cut, Relayed(Stream("\n", stream)).Outcome);
    }

    [Fact]
    public void Relay_EndInTheMiddleOfAFrame_IsACutAnswer()
    {
        var relayed = Relayed(Stream("\n", Role, Hello) + "data: {\"id\":\"c1\",\"choi");

        Assert.Equal(AttemptOutcome.Cut, relayed.Outcome);
        Assert.Equal(Stream("\n", Role, Hello), relayed.Text);
    }

    [Fact]
    public void Relay_DoneAndNothingElse_IsACutAnswer() => Assert.Equal(AttemptOutcome.Cut, Relayed(Stream("\n", Preamble, Done)).Outcome);

    [Fact]
    public void Relay_FinishWithNothingSaid_IsEmptyAndGoesOn()
    {
        var relayed = Relayed(Stream("\n", Preamble, Role, Stop, Done));

        Assert.Equal(AttemptOutcome.Empty, relayed.Outcome);
        Assert.Equal(Stream("\n", Role, Stop, Done), relayed.Text);
    }

    [Fact]
    public void Relay_BytesBehindDone_AreIgnored() => Assert.Equal(Stream("\n", Role, Hello, Stop, Done), Relayed(Stream("\n", Role, Hello, Stop, Done, Hello)).Text);

    [Fact]
    public void Relay_SecondFinishByTheAsynchronousFilter_IsNotSent()
    {
        const string Verdict = """{"id":"","object":"","created":0,"model":"","choices":[{"index":0,"finish_reason":"content_filter","content_filter_results":{}}]}""";

        Assert.Equal(Stream("\n", Role, Hello, Stop, Done), Relayed(Stream("\n", Role, Hello, Stop, Verdict, Done)).Text);
    }

    [Fact]
    public void Relay_UsageWithoutFinish_ComesBehindTheFinishThatIsAdded()
    {
        var relayed = Relayed(Stream("\n", Role, Hello, Usage, Done), includeUsage: true);

        Assert.EndsWith("\"finish_reason\":\"stop\"}]}\n\n" + Stream("\n", Usage, Done), relayed.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Relay_FinishWithoutDeltaByTheAsynchronousFilter_IsWrittenAnew()
    {
        const string Verdict = """{"id":"","object":"","created":0,"model":"","choices":[{"index":0,"finish_reason":"content_filter","content_filter_results":{},"content_filter_offsets":{"check_offset":1}}]}""";

        var relayed = Relayed(Stream("\n", Role, Hello, Verdict, Done));

        Assert.Equal(Stream("\n", Role, Hello, """{"id":"c1","object":"chat.completion.chunk","created":7,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"content_filter"}]}""", Done), relayed.Text);
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
