using System.Text;
using System.Text.Json;
using Emulator;

namespace Gateway.Tests.Emulator;

public sealed class FaultTests : EmulatorTest
{
    [Fact]
    public async Task Reset_BeforeHeaders_SendsNothing()
    {
        var answer = await RawAsync("""{"text":"a b c","fault":"reset"}""");

        Assert.True(answer.WasReset);
        Assert.Empty(answer.Bytes);
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(2, "a b")]
    [InlineData(9, "a b c")]
    public async Task Reset_AfterDeltas_LetsThoseArrive(int after, string said)
    {
        // Many times: a reset that overtook the bytes before it would do so only now and then.
        for (var round = 0; round < 20; round++)
        {
            var answer = await RawAsync($$"""{"text":"a b c","fault":"reset","after":{{after}}}""");

            Assert.True(answer.WasReset);
            Assert.False(answer.IsWhole);
            Assert.Equal(said, string.Concat(Said(Frames(Body(answer)))));
        }
    }

    [Theory]
    [InlineData("cut", false)]
    [InlineData("cut_reset", true)]
    public async Task Cut_AfterDeltas_EndsInsideAFrame(string fault, bool wasReset)
    {
        var answer = await RawAsync($$"""{"text":"a b c","fault":"{{fault}}","after":1}""");

        Assert.Equal(wasReset, answer.WasReset);
        Assert.Equal(!wasReset, answer.IsWhole);
        var frames = Body(answer).Split("\n\n");
        Assert.Equal(["a"], Said(Frames(string.Join("\n\n", frames[..^1]))));
        Assert.StartsWith("data: {\"id\":", frames[^1], StringComparison.Ordinal);
        Assert.ThrowsAny<JsonException>(() => Parse(frames[^1]["data: ".Length..]));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData(",\"after\":2", 2)]
    public async Task Error_InStream_EndsIt(string after, int said)
    {
        var frames = await FramesAsync(Scripted($$"""{"text":"a b c","fault":"error"{{after}}}"""));

        Assert.Equal(said, Said(frames).Count);
        Assert.Equal("server_error", Parse(frames[^1]).GetProperty("error").GetProperty("type").GetString());
        Assert.Contains(AzureOpenAIEmulator.LeakedKey, frames[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Garbage_InStream_IsOneFrameThatIsNoJson()
    {
        var frames = (await BodyAsync(Scripted("""{"text":"a b","fault":"garbage","after":1}"""))).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);

        var bad = Assert.Single(frames, frame => !IsJson(frame["data: ".Length..]) && frame != "data: [DONE]");
        Assert.Contains("\" b\"", frames[Array.IndexOf(frames, bad) + 1], StringComparison.Ordinal);
        Assert.Equal("data: [DONE]", frames[^1]);
    }

    [Theory]
    [InlineData("", 1_310_720)]
    [InlineData(",\"size\":70000", 70_000)]
    public async Task Oversize_InStream_IsOneLongDelta(string size, int length)
    {
        var frames = await FramesAsync(Scripted($$"""{"text":"a b","fault":"oversize"{{size}}}"""));

        Assert.Equal([length, 1, 2], Said(frames).Select(text => text.Length));
        Assert.Equal("[DONE]", frames[^1]);
    }

    [Fact]
    public async Task ContentFilter_MidStream_EndsWithThatReason()
    {
        var frames = await FramesAsync(Scripted("""{"text":"a b c","fault":"content_filter","after":2}""", """ "stream":true,"stream_options":{"include_usage":true} """));

        Assert.Equal(["a", " b"], Said(frames));
        Assert.Equal("content_filter", FinishReason(frames));
        Assert.True(Choices(frames)[^1].GetProperty("content_filter_results").GetProperty("violence").GetProperty("filtered").GetBoolean());
        Assert.Contains("prompt_tokens", frames[^2], StringComparison.Ordinal);
        Assert.Equal("[DONE]", frames[^1]);
    }

    [Theory]
    [InlineData("preamble_only", "", 0, 1, false, false)]
    [InlineData("no_done", "", 3, 6, true, false)]
    [InlineData("no_finish", "", 3, 6, false, true)]
    [InlineData("no_end", "", 3, 5, false, false)]
    [InlineData("no_end", ",\"after\":1", 1, 3, false, false)]
    public async Task End_Missing_IsMissing(string fault, string after, int said, int count, bool hasFinish, bool hasDone)
    {
        var answer = await RawAsync($$"""{"text":"a b c","fault":"{{fault}}"{{after}}}""");
        var frames = Frames(Body(answer));

        Assert.True(answer.IsWhole);
        Assert.Equal(count, frames.Count);
        Assert.Equal(said, Said(frames).Count);
        Assert.Equal(hasFinish, FinishReason(frames) is not null);
        Assert.Equal(hasDone, frames[^1] == "[DONE]");
    }

    [Fact]
    public async Task Sse_Empty_IsAnEmptyBody() => Assert.Equal("", await BodyAsync(Scripted("""{"sse":""}""")));

    [Theory]
    [InlineData("", "headers")]
    [InlineData(",\"after\":1", "body")]
    public async Task Stall_ForSomeTime_ThenGoesOn(string after, string where)
    {
        var frames = await FramesAsync(Scripted($$"""{"text":"a b","fault":"stall","stall_ms":20{{after}}}"""));

        Assert.True(Said(frames) is ["a", " b"], where);
        Assert.Equal("[DONE]", frames[^1]);
    }

    private Task<RawHttp> RawAsync(string script) => RawHttp.PostAsync(Azure.Endpoint, V1, Scripted(script), Ct).WaitAsync(Timeout, Ct);

    private static string Body(RawHttp answer) => Encoding.UTF8.GetString([.. answer.Chunks().SelectMany(chunk => chunk)]);

    private static bool IsJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
