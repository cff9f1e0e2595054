using System.Text;
using Gateway.Relay;
using Gateway.Requests;
using Gateway.Speakable;

namespace Gateway.Tests.Speakable;

public sealed class SpeakableAnswerTests
{
    [Theory]
    [InlineData("""{"content":"**b** \ud83d\ude00 [1","refusal":null}""", """{"content":"b \ud83d\ude00 [1","refusal":null}""")]
    [InlineData("""{"content":"plain \u0041"}""", """{"content":"plain \u0041"}""")]
    [InlineData("""{"content":null,"refusal":"**no**"}""", """{"content":null,"refusal":"**no**"}""")]
    [InlineData(
        """{"content":"*x*","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":\"*b*\"}"}}]}""",
        """{"content":"x","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":\"*b*\"}"}}]}""")]
    public void Completion_ContentOfTheFirstChoice_IsSpokenAndNothingElseChanges(string message, string expected) =>
        Assert.Equal(Completion(expected), Rewrite(Completion(message), out _));

    [Fact]
    public void Completion_OfMarksAlone_IsNotMeaningful()
    {
        Rewrite("""{"choices":[{"index":0,"message":{"content":"```c\nx\n```"}}],"model":"m"}""", out var whole);

        Assert.True(whole.Has(ChunkKind.Choice));
        Assert.False(whole.Has(ChunkKind.Meaningful));
    }

    private static string Completion(string message) =>
        $$$"""{"choices":[{"index":1,"message":{"content":"*other*"},"finish_reason":"stop"},{"message":{{{message}}},"index":0,"finish_reason":"stop"}],"id":"c1","model":"m","usage":{"prompt_tokens":1}}""";

    private static string Rewrite(string completion, out Chunk whole)
    {
        using var buffer = new PooledBuffer();
        buffer.Write(Encoding.UTF8.GetBytes(completion));
        Assert.True(ChunkReader.TryRead(buffer.Span, calls: null, out whole));
        SpeakableAnswer.Rewrite(buffer, ref whole);
        Assert.Equal("\"m\"", Encoding.UTF8.GetString(buffer.Span[whole.Model]));
        return Encoding.UTF8.GetString(buffer.Span);
    }
}
