using System.Text;
using System.Text.Json;
using Emulator;

namespace Gateway.Tests.Emulator;

public sealed class WireTests : EmulatorTest
{
    [Fact]
    public async Task Writes_Plain_AreOnePerFrame()
    {
        var chunks = await ChunksAsync("""{"text":"a b c"}""");

        Assert.Equal(7, chunks.Count);
        Assert.All(chunks, chunk => Assert.EndsWith("\n\n", chunk, StringComparison.Ordinal));
    }

    [Fact]
    public async Task FramesPerWrite_Three_JoinsThem()
    {
        var chunks = await ChunksAsync("""{"text":"a b c","frames_per_write":3}""");

        Assert.Equal([3, 3, 1], chunks.Select(chunk => chunk.Split("\n\n").Length - 1));
    }

    [Fact]
    public async Task BytesPerWrite_One_CutsInsideCharacters()
    {
        var answer = await RawHttp.PostAsync(Azure.Endpoint, V1, Scripted("""{"text":"äö😀","bytes_per_write":1}"""), Ct).WaitAsync(Timeout, Ct);

        var chunks = answer.Chunks();
        Assert.All(chunks, chunk => Assert.Single(chunk));
        Assert.Equal(["äö😀"], Said(Frames(Encoding.UTF8.GetString([.. chunks.SelectMany(chunk => chunk)]))));
    }

    [Fact]
    public async Task BytesPerWrite_Seven_CutsAnywhere()
    {
        var chunks = await ChunksAsync("""{"text":"a b c","bytes_per_write":7,"frames_per_write":100}""");

        Assert.All(chunks[..^1], chunk => Assert.Equal(7, chunk.Length));
        Assert.Equal("[DONE]", Frames(string.Concat(chunks))[^1]);
    }

    [Fact]
    public async Task Crlf_On_EndsEveryLineSo()
    {
        var body = await BodyAsync(Scripted("""{"text":"a b","crlf":true}"""));

        Assert.Equal(body.Count(character => character == '\n'), body.Split("\r\n").Length - 1);
        Assert.Equal(["a", " b"], Said(Frames(body)));
    }

    [Fact]
    public async Task Sse_Scripted_IsSentByteForByteAndFrameByFrame()
    {
        const string bytes = ": hi\n\nevent: x\ndata: {\"a\":1}\r\n\r\ndata:   odd \n\nrest without an end";

        var chunks = await ChunksAsync($$"""{"sse":"{{JsonEncodedText.Encode(bytes)}}"}""");

        Assert.Equal([": hi\n\n", "event: x\ndata: {\"a\":1}\r\n\r\n", "data:   odd \n\n", "rest without an end"], chunks);
    }

    [Fact]
    public async Task Sse_WithFault_FailsAfterThatManyFrames()
    {
        var answer = await RawHttp.PostAsync(Azure.Endpoint, V1, Scripted("""{"sse":"data: 1\n\ndata: 2\n\ndata: 3\n\n","fault":"reset","after":2}"""), Ct).WaitAsync(Timeout, Ct);

        Assert.True(answer.WasReset);
        Assert.Equal(2, answer.Chunks().Count);
    }

    [Theory]
    [InlineData("error", "{\"error\"")]
    [InlineData("garbage", "<html>")]
    public async Task Sse_WithFaultButNoPlace_FailsAtItsBeginning(string fault, string says)
    {
        var frames = Frames(await BodyAsync(Scripted($$"""{"sse":"data: 1\n\n","fault":"{{fault}}"}""")));

        Assert.Contains(says, frames[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task SseBytes_EndingInsideACharacter_AreSentSo()
    {
        var bytes = "data: ä\n\ndata: ä"u8[..^1].ToArray();
        Azure.Script = new() { SseBytes = bytes };

        using var response = await PostAsync(Ask("Hi"));

        Assert.Equal(bytes, await response.Content.ReadAsByteArrayAsync(Ct));
    }

    [Fact]
    public async Task Script_OfTheEmulator_AnswersEveryRequest()
    {
        Azure.Script = new() { Text = "one two" };

        Assert.Equal(["one", " two"], Said(await FramesAsync(Ask("Hi"))));
        Assert.Equal(["own"], Said(await FramesAsync(Scripted("""{"text":"own"}"""))));
    }

    [Fact]
    public async Task ScriptFor_Request_DecidesByIt()
    {
        Azure.Script = new() { Text = "default" };
        Azure.ScriptFor = request => request.Deployment == "primary" ? new() { Status = 503 } : null;

        using var failed = await PostAsync(Ask("Hi").Replace("demo", "primary", StringComparison.Ordinal));

        Assert.Equal(503, (int)failed.StatusCode);
        Assert.Equal(["default"], Said(await FramesAsync(Ask("Hi"))));
    }

    [Fact]
    public async Task Script_InContentParts_IsRead() =>
        Assert.Equal(["a"], Said(await FramesAsync("""{"model":"demo","stream":true,"messages":[{"role":"user","content":[{"type":"text","text":"#emulate {\"text\":\"a\"} and more"}]}]}""")));

    [Fact]
    public async Task Script_BehindAToolResult_IsNotTakenAgain()
    {
        const string turn = """{"model":"demo","stream":true,"messages":[{"role":"user","content":"#emulate {\"tool_calls\":[{\"name\":\"a\"}]}"},{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"a","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"RESULT"}]}""";

        Assert.Equal("stop", FinishReason(await FramesAsync(turn.Replace("RESULT", "ok", StringComparison.Ordinal))));
        Assert.Equal(["again"], Said(await FramesAsync(turn.Replace("RESULT", """#emulate {\"text\":\"again\"}""", StringComparison.Ordinal))));
    }

    [Fact]
    public void Script_ToText_ReadsBackTheSame()
    {
        var script = new EmulatorScript
        {
            Text = "ä \"b\"",
            Preamble = false,
            Fault = EmulatorFault.CutReset,
            After = 3,
            StallFill = StallFill.Deltas,
        };

        Assert.Equal(script, EmulatorScript.Parse(Encoding.UTF8.GetBytes(script.ToString())));
    }

    private async Task<List<string>> ChunksAsync(string script) =>
        [.. (await RawHttp.PostAsync(Azure.Endpoint, V1, Scripted(script), Ct).WaitAsync(Timeout, Ct)).Chunks().Select(Encoding.UTF8.GetString)];
}
