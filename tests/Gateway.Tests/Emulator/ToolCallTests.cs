using System.Text.Json;

namespace Gateway.Tests.Emulator;

public sealed class ToolCallTests : EmulatorTest
{
    private const string Tools = """ "stream":true,"tools":[{"type":"function","function":{"name":"lookup"}},{"type":"function","function":{"name":"end_call"}}] """;

    [Fact]
    public async Task ToolCall_Scripted_ComesInPieces()
    {
        var frames = await FramesAsync(Scripted("""{"text":"One moment.","tool_calls":[{"name":"lookup","arguments":{"city":"Köln 😀"},"pieces":4}]}"""));

        var pieces = Pieces(frames);
        Assert.Equal(5, pieces.Count);
        Assert.Equal("lookup", pieces[0].GetProperty("function").GetProperty("name").GetString());
        Assert.Equal("function", pieces[0].GetProperty("type").GetString());
        Assert.All(pieces[1..], piece => Assert.False(piece.TryGetProperty("id", out _)));
        Assert.Equal("Köln 😀", Parse(Arguments(pieces, 0)).GetProperty("city").GetString());
        Assert.Equal(["One", " moment."], Said(frames));
        Assert.Equal("tool_calls", FinishReason(frames));
    }

    [Theory]
    [InlineData(false, "0,0,0,1,1,1")]
    [InlineData(true, "0,1,0,1,0,1")]
    public async Task ToolCalls_Parallel_ComeInOrderOrInterleaved(bool interleaved, string order)
    {
        var frames = await FramesAsync(Scripted($$"""{"tool_calls":[{"name":"a","arguments":"{\"x\":1}","pieces":2},{"name":"b","arguments":"{\"y\":2}","pieces":2}],"interleaved":{{(interleaved ? "true" : "false")}}}"""));

        var pieces = Pieces(frames);
        Assert.Equal(order, string.Join(',', pieces.Select(piece => piece.GetProperty("index").GetInt32())));
        Assert.Equal("""{"x":1}""", Arguments(pieces, 0));
        Assert.Equal("""{"y":2}""", Arguments(pieces, 1));
        Assert.Equal(2, pieces.Where(piece => piece.TryGetProperty("id", out _)).Select(piece => piece.GetProperty("id").GetString()).Distinct().Count());
    }

    [Fact]
    public async Task Arguments_Half_StayHalf() =>
        Assert.Equal("{\"x\":", Arguments(Pieces(await FramesAsync(Scripted("""{"tool_calls":[{"name":"a","arguments":"{\"x\":"}]}"""))), 0));

    [Theory]
    [InlineData("\"auto\"", "end_call")]
    [InlineData("\"none\"", null)]
    [InlineData("\"required\"", "end_call")]
    [InlineData("""{"type":"function","function":{"name":"lookup"}}""", "lookup")]
    public async Task Goodbye_WithToolChoice_RespectsIt(string choice, string? expected)
    {
        var frames = await FramesAsync(Ask("Thank you, goodbye!", $"{Tools},\"tool_choice\":{choice}"));

        Assert.Equal(expected, Pieces(frames).Select(piece => piece.GetProperty("function")).Where(function => function.TryGetProperty("name", out _)).Select(function => function.GetProperty("name").GetString()).SingleOrDefault());
    }

    [Fact]
    public async Task Required_WithoutGoodbye_CallsTheFirstTool() =>
        Assert.Equal("lookup", Pieces(await FramesAsync(Ask("What time is it?", Tools + ",\"tool_choice\":\"required\"")))[0].GetProperty("function").GetProperty("name").GetString());

    [Fact]
    public async Task Goodbye_WithEndCall_GivesReasonAndMessage()
    {
        var arguments = Parse(Arguments(Pieces(await FramesAsync(Ask("Bye", Tools))), 0));

        Assert.NotEmpty(arguments.GetProperty("reason").GetString()!);
        Assert.NotEmpty(arguments.GetProperty("message").GetString()!);
    }

    private static List<JsonElement> Pieces(List<string> frames) =>
        [.. Deltas(frames).Where(delta => delta.TryGetProperty("tool_calls", out _)).Select(delta => delta.GetProperty("tool_calls")[0])];

    private static string Arguments(List<JsonElement> pieces, int index) =>
        string.Concat(pieces.Where(piece => piece.GetProperty("index").GetInt32() == index).Select(piece => piece.GetProperty("function").GetProperty("arguments").GetString()));
}
