using System.Buffers;
using System.Text;
using Gateway.Relay;
using Gateway.Turns;
using static Gateway.Tests.Relay.ScriptedStream;

namespace Gateway.Tests.Relay;

/// <summary>Which token starts a response, and what is held until it comes.</summary>
public sealed class FirstTokenTests
{
    [Theory]
    [InlineData("""{"role":"assistant"}""")]
    [InlineData("""{"content":""}""")]
    [InlineData("""{"content":null,"refusal":null,"tool_calls":null,"function_call":null}""")]
    [InlineData("""{"tool_calls":[]}""")]
    [InlineData("{}")]
    public void Relay_NothingMeaningful_DoesNotStartTheResponse(string delta)
    {
        using var relay = new StreamRelay(voice: false, includeUsage: false, model: null);
        var output = new ArrayBufferWriter<byte>();

        var progress = Feed(relay, Stream("\n", Preamble, Chunk(delta)), output);

        Assert.Equal(RelayProgress.None, progress);
        Assert.Equal(0, output.WrittenCount);
    }

    [Theory]
    [InlineData("""{"content":"H"}""")]
    [InlineData("""{"refusal":"No"}""")]
    [InlineData("""{"audio":{"data":"AA=="}}""")]
    [InlineData("""{"tool_calls":[{"index":0,"function":{"name":"f"}}]}""")]
    [InlineData("""{"tool_calls":[{"function":{"arguments":"","name":"f"},"index":1}]}""")]
    [InlineData("""{"function_call":{"name":"f","arguments":""}}""")]
    public void Relay_MeaningfulToken_StartsTheResponseWithWhatWasHeld(string delta)
    {
        using var relay = new StreamRelay(voice: false, includeUsage: false, model: null);
        var output = new ArrayBufferWriter<byte>();
        var stream = Stream("\n", Role, Chunk(delta));

        var progress = Feed(relay, stream, output);

        Assert.Equal(RelayProgress.Delta | RelayProgress.Meaningful, progress);
        Assert.Equal(stream, Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Theory]
    [InlineData("reasoning_content", false, true)]
    [InlineData("reasoning", false, true)]
    [InlineData("reasoning_content", true, false)]
    public void Relay_Reasoning_IsProgressAndStartsTheResponseOfAnApiCallerOnly(string field, bool voice, bool starts)
    {
        using var relay = new StreamRelay(voice, includeUsage: false, model: null);
        var output = new ArrayBufferWriter<byte>();

        var progress = Feed(relay, Stream("\n", Role, Chunk($$"""{"{{field}}":"Let me think"}""")), output);

        Assert.Equal(RelayProgress.Delta, progress);
        Assert.Equal(starts, output.WrittenCount > 0);
    }

    [Fact]
    public void Relay_MoreReasoningThanIsHeld_IsDroppedForVoiceAndTheAnswerIsNot()
    {
        var reasoning = Chunk($$"""{"reasoning_content":"{{new string('r', 1000)}}"}""");
        var frames = Enumerable.Repeat(reasoning, 200).Append(Hello).Append(Stop).Append(Done);

        var relayed = Relayed(Stream("\n", [.. frames]), voice: true);

        Assert.Equal(AttemptOutcome.Completed, relayed.Outcome);
        Assert.EndsWith(Stream("\n", Hello, Stop, Done), relayed.Text, StringComparison.Ordinal);
        Assert.InRange(relayed.Text.Length, 32 * 1024, 66 * 1024);
    }
}
