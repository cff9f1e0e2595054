using System.Buffers;
using System.Text;
using Gateway.Relay;
using Gateway.Turns;
using static Gateway.Tests.Relay.ScriptedStream;

namespace Gateway.Tests.Relay;

/// <summary>A tool call of a voice caller goes on whole or not at all.</summary>
public sealed class HeldToolCallTests
{
    [Fact]
    public void Relay_ToolCallOfAVoiceCaller_IsHeldUntilItsArgumentsAreWhole()
    {
        using var relay = new StreamRelay(voice: true, includeUsage: false, model: null);
        var output = new ArrayBufferWriter<byte>();
        var begun = Stream("\n", Role, Chunk("""{"content":"One moment."}"""));
        var call = Stream("\n", Tool(0, "call_1", "end_call", ""), Tool(0, null, null, "{\\\"reason\\\":\\\"a}\\\\\\\""), Tool(0, null, null, "\\\"}"));

        Feed(relay, begun, output);
        Assert.Equal(begun, Encoding.UTF8.GetString(output.WrittenSpan));
        var progress = Feed(relay, call[..^30], output);
        Assert.Equal(RelayProgress.Delta | RelayProgress.Meaningful, progress);
        Assert.Equal(begun, Encoding.UTF8.GetString(output.WrittenSpan));
        Feed(relay, call[^30..], output);
        Assert.Equal(begun + call, Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void Relay_ParallelToolCallsOfAVoiceCaller_AreReleasedInOrder()
    {
        var stream = Stream(
            "\n", Role, Tool(0, "call_1", "f", ""), Tool(1, "call_2", "g", "{\\\"b\\\":"), Tool(0, null, null, "{\\\"a\\\":1}"), Tool(1, null, null, "2}"), Chunk("{}", "\"tool_calls\""), Done);

        Assert.Equal(stream, Relayed(stream, voice: true).Text);
    }

    [Fact]
    public void Relay_ToolCallWithoutArguments_IsWholeAtTheFinish()
    {
        var stream = Stream("\n", Role, Tool(0, "call_1", "f", ""), Chunk("{}", "\"tool_calls\""), Done);

        Assert.Equal(stream, Relayed(stream, voice: true).Text);
    }

    [Theory]
    [InlineData("\"length\"")]
    [InlineData("\"content_filter\"")]
    [InlineData("\"tool_calls\"")]
    [InlineData(null)]
    public void Relay_HalfAToolCallOfAVoiceCaller_IsNeverSent(string? finishReason)
    {
        string[] end = finishReason is null ? [] : [Chunk("{}", finishReason), Done];

        var relayed = Relayed(Stream("\n", [Role, Tool(0, "call_1", "f", ""), Tool(0, null, null, "{\\\"a\\\":"), .. end]), voice: true);

        Assert.Equal("", relayed.Text);
        Assert.Equal(AttemptOutcome.Cut, relayed.Outcome);
    }

    [Fact]
    public void Relay_HalfAToolCallOfAnApiCaller_GoesOnAsItCame()
    {
        var stream = Stream("\n", Role, Tool(0, "call_1", "f", "{\\\"a\\\":"), Chunk("{}", "\"length\""), Done);

        Assert.Equal(stream, Relayed(stream, voice: false).Text);
    }

    [Fact]
    public void Relay_HeldCallWithoutEnd_IsGivenUp()
    {
        var piece = Tool(0, null, null, new string('a', 10_000));

        var relayed = Relayed(Stream("\n", [Tool(0, "call_1", "f", "{\\\"a\\\":\\\""), .. Enumerable.Repeat(piece, 110)]), voice: true);

        Assert.Equal(AttemptOutcome.Invalid, relayed.Outcome);
        Assert.Equal("", relayed.Text);
    }
}
