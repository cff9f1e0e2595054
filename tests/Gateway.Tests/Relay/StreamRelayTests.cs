using System.Buffers;
using System.Text;
using Gateway.Relay;
using Gateway.Turns;
using static Gateway.Tests.Relay.ScriptedStream;

namespace Gateway.Tests.Relay;

/// <summary>What goes on of an answer that is whole, and what does not.</summary>
public sealed class StreamRelayTests
{
    [Theory]
    [InlineData(true, "\n")]
    [InlineData(false, "\n")]
    [InlineData(true, "\r\n")]
    public void Relay_WholeAnswer_GoesOnByteForByteWithoutThePreamble(bool voice, string newLine)
    {
        var expected = Stream(newLine, Role, Hello, World, Stop, Done);

        var relayed = Relayed(Stream(newLine, Preamble, Role, Hello, World, Stop, Usage, Done), voice);

        Assert.Equal(expected, relayed.Text);
        Assert.Equal(AttemptOutcome.Completed, relayed.Outcome);
        Assert.Equal(new TokenUsage(5, 2, 3), relayed.Usage);
    }

    [Fact]
    public void Relay_AnyReads_GiveTheSameBytes()
    {
        var stream = Stream("\r\n", Preamble, Role, Hello, World, Tool(0, "call_1", "f", ""), Tool(0, null, null, "{\\\"ü\\\":"), Tool(0, null, null, "1}"), Stop, Usage, Done);
        var expected = Relayed(stream, voice: true, includeUsage: true).Text;
        for (var size = 1; size < 80; size++) Assert.Equal(expected, Relayed(stream, voice: true, includeUsage: true, readSize: size).Text);
    }

    [Fact]
    public void Relay_UsageAskedFor_GoesOn() => Assert.Equal(
        Stream("\n", Role, Hello, Stop, Usage, Done), Relayed(Stream("\n", Preamble, Role, Hello, Stop, Usage, Done), includeUsage: true).Text);

    [Fact]
    public void Relay_KeepAliveInFrontOfTheAnswer_IsDroppedAndOneBehindItGoesOn() => Assert.Equal(
        Stream("\n", Role, Hello) + ": alive\n\n" + Stream("\n", Stop, Done),
        Relayed(": alive\n\n" + Stream("\n", Role) + ": alive\n\n" + Stream("\n", Hello) + ": alive\n\n" + Stream("\n", Stop, Done)).Text);

    [Fact]
    public void Relay_ContentBesideAChoiceWithoutDelta_IsNotLost()
    {
        const string Mixed = """{"id":"c1","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null},{"index":1,"finish_reason":null}]}""";

        Assert.Contains(Mixed, Relayed(Stream("\n", Mixed, Stop)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Relay_VerdictsOfTheAsynchronousFilter_AreDropped()
    {
        const string Verdict = """{"id":"","object":"","created":0,"model":"","choices":[{"index":0,"finish_reason":null,"content_filter_results":{},"content_filter_offsets":{"check_offset":1}}]}""";

        Assert.Equal(Stream("\n", Role, Hello, Stop, Done), Relayed(Stream("\n", Preamble, Role, Hello, Verdict, Stop, Verdict, Done)).Text);
    }

    [Fact]
    public void Relay_RequestedModel_ReplacesTheReportedOneAndNothingElse()
    {
        var renamed = Relayed(Stream("\n", Role, Hello, Done), model: "\"mine/m\"");

        Assert.Equal(
            Stream("\n", Role.Replace("\"m\"", "\"mine/m\"", StringComparison.Ordinal), Hello.Replace("\"m\"", "\"mine/m\"", StringComparison.Ordinal))
            + Stream("\n", """{"id":"c1","object":"chat.completion.chunk","created":7,"model":"mine/m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""", Done),
            renamed.Text);
    }

    [Fact]
    public void Relay_DataOnSeveralLines_IsJoined()
    {
        var relayed = Relayed("data: {\"id\":\"c1\",\ndata: \"choices\":[{\"index\":0,\"delta\":{\"content\":\"H\"}}]}\n\n" + Stream("\n", Stop, Done));

        Assert.Equal(Stream("\n", "{\"id\":\"c1\", \"choices\":[{\"index\":0,\"delta\":{\"content\":\"H\"}}]}", Stop, Done), relayed.Text);
    }

    [Fact]
    public void Relay_FrameBeneathTheLimit_GoesOn()
    {
        var stream = Stream("\n", Chunk($$"""{"content":"{{new string('x', IncomingFrames.MaxFrameBytes - 1000)}}"}"""), Stop, Done);

        Assert.Equal(stream, Relayed(stream, readSize: 4096).Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Relay_Chunks_AllocateNothing(bool voice)
    {
        using var relay = new StreamRelay(voice, includeUsage: false, model: "\"mine\""u8.ToArray());
        var output = new ArrayBufferWriter<byte>(1024 * 1024);
        var chunk = Encoding.UTF8.GetBytes(Stream("\n", Hello));
        var comment = ": alive\n\n"u8.ToArray();

        Relay1000Chunks();

        Assert.Equal(0, Allocations.Least(Relay1000Chunks));
        Assert.True(output.WrittenCount > 1000 * chunk.Length);

        void Relay1000Chunks()
        {
            output.ResetWrittenCount();
            for (var i = 0; i < 1000; i++)
            {
                chunk.CopyTo(relay.Free);
                relay.Accept(chunk.Length, output);
                comment.CopyTo(relay.Free);
                relay.Accept(comment.Length, output);
            }
        }
    }
}
