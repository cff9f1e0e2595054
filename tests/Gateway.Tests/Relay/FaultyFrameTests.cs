using Gateway.Relay;
using Gateway.Turns;
using static Gateway.Tests.Relay.ScriptedStream;

namespace Gateway.Tests.Relay;

/// <summary>A frame that is no chunk, or too long, ends the stream.</summary>
public sealed class FaultyFrameTests
{
    [Theory]
    [InlineData("not json")]
    [InlineData("[1]")]
    [InlineData("{\"choices\":[1]}")]
    [InlineData("{\"choices\":[{\"index\":\"0\"}]}")]
    [InlineData("{\"choices\":[{\"index\":0.5,\"delta\":{\"content\":\"x\"}}]}")]
    [InlineData("{\"choices\":[{\"index\":64,\"delta\":{\"content\":\"x\"}}]}")]
    [InlineData("{\"choices\":[{\"index\":-1,\"delta\":{\"content\":\"x\"}}]}")]
    [InlineData("{\"choices\":[{\"index\":99999999999,\"delta\":{\"content\":\"x\"}}]}")]
    [InlineData("{\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":1e3}]}}]}")]
    [InlineData("{} {}")]
    public void Relay_Garbage_EndsTheStream(string data)
    {
        var relayed = Relayed(Stream("\n", Role, Hello, data, World));

        Assert.Equal(AttemptOutcome.Invalid, relayed.Outcome);
        Assert.Equal(Stream("\n", Role, Hello), relayed.Text);
    }

    [Theory]
    [InlineData("""{"error":{"message":"x","code":"server_error"}}""", AttemptOutcome.Unavailable)]
    [InlineData("""{"error":{"message":"x","code":429}}""", AttemptOutcome.RateLimited)]
    [InlineData("""{"error":{"message":"x","code":"rate_limit_exceeded"}}""", AttemptOutcome.RateLimited)]
    [InlineData("""{"error":{"message":"x","code":"content_filter"}}""", AttemptOutcome.ContentFiltered)]
    [InlineData("""{"error":"Internal error occurred!"}""", AttemptOutcome.Unavailable)]
    [InlineData("""{"error":{"message":"x","type":"invalid_request_error","code":"context_length_exceeded"}}""", AttemptOutcome.Refused)]
    [InlineData("""{"object":"error","message":"x","code":429}""", AttemptOutcome.RateLimited)]
    public void Relay_ErrorFrame_EndsTheStreamAndStaysBehind(string frame, object outcome)
    {
        var relayed = Relayed(Stream("\n", Role, Hello, frame, Stop, Done));

        Assert.Equal(outcome, relayed.Outcome);
        Assert.Equal(Stream("\n", Role, Hello), relayed.Text);
    }

    [Fact]
    public void Relay_EventOfTheTypeError_EndsTheStream()
    {
        var relayed = Relayed(Stream("\n", Role, Hello) + "event: error\ndata: {\"detail\":\"boom\"}\n\n" + Stream("\n", Done));

        Assert.Equal(AttemptOutcome.Unavailable, relayed.Outcome);
        Assert.Equal(Stream("\n", Role, Hello), relayed.Text);
    }

    [Fact]
    public void Relay_FrameBeyondTheLimit_EndsTheStream()
    {
        var relayed = Relayed(Stream("\n", Role, Hello, Chunk($$"""{"content":"{{new string('x', IncomingFrames.MaxFrameBytes)}}"}"""), Stop));

        Assert.Equal(AttemptOutcome.Invalid, relayed.Outcome);
        Assert.Equal(Stream("\n", Role, Hello), relayed.Text);
    }
}
