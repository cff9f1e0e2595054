using System.Text.Json;
using Simulation;

namespace Gateway.Tests.Turns.Tools;

/// <summary>
/// A voice agent's tools, from the request that offers one to the request that tells its result: nothing of a call is changed, reordered, or told
/// before it is whole.
/// </summary>
public sealed class ToolTranscriptTests
{
    private const int ReadEveryMs = 20;
    private const string Words = "It will be done at once.";

    private static readonly string Preamble = ToolTranscript.Data("""{"id":"","object":"","created":0,"model":"","choices":[],"prompt_filter_results":[{"prompt_index":0,"content_filter_results":{}}]}""");
    private static readonly string Role = ToolTranscript.Frame("""{"role":"assistant","content":"","refusal":null}""");
    private static readonly string Finish = ToolTranscript.Frame("{}", "\"tool_calls\"");
    private static readonly string Usage = ToolTranscript.Data("""{"id":"chatcmpl-1","object":"chat.completion.chunk","created":7,"model":"gpt","choices":[],"usage":{"prompt_tokens":50,"completion_tokens":9,"total_tokens":59}}""");
    private static readonly string Done = ToolTranscript.Data("[DONE]");

    public static TheoryData<string> Tools => [.. ToolTranscripts.All.Select(tool => tool.Name)];

    /// <summary>Each tool with the ways in which its call may come: in pieces, several frames a read, all of it in a read, or in one delta.</summary>
    public static TheoryData<string, int?, int> Calls
    {
        get
        {
            var calls = new TheoryData<string, int?, int>();
            foreach (var tool in ToolTranscripts.All)
            {
                calls.Add(tool.Name, 1, 1);
                calls.Add(tool.Name, 5, 3);
                calls.Add(tool.Name, 12, int.MaxValue);
                calls.Add(tool.Name, null, 1);
            }

            return calls;
        }
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Call_ComesInAnyForm_ReachesTheCallerWholeAndByteForByte(string name, int? pieceLength, int framesPerRead)
    {
        var tool = Find(name);
        var call = tool.CallFrames(pieceLength);
        string[] said = tool.Says == "" ? [Role] : [Role, .. tool.Says.Split(' ').Select((word, i) => Content(i == 0 ? word : $" {word}"))];
        string[][] reads = [.. ((string[])[Preamble, .. said, .. call, Finish, Usage, Done]).Chunk(framesPerRead)];
        await using var gateway = await SimulatedGateway.StartAsync(1, (_, _) => Sends(reads).Closes());

        var turn = await gateway.RunAsync(tool.Request);

        Assert.Equal(string.Concat([.. said, .. call, Finish, Done]), turn.Body);
        Assert.Equal(tool.Offered, Property(gateway.Upstream.Calls.Single().Body, "tools"));
        var (text, arguments, finishReasons) = Answer(turn.Body);
        Assert.Equal(tool.Says, text);
        Assert.Equal(tool.Arguments, arguments);
        Assert.Equal(JsonValueKind.Object, JsonElement.Parse(arguments).ValueKind);
        Assert.Equal(["tool_calls"], finishReasons);
        // All of the call in the moment in which its last piece came.
        var whole = TimeSpan.FromMilliseconds(ReadEveryMs * (1 + Array.FindLastIndex(reads, read => read.Contains(call[^1]))));
        Assert.Contains(string.Concat(call), Heard(turn, at => at == whole), StringComparison.Ordinal);
        Assert.DoesNotContain("tool_calls", Heard(turn, at => at < whole), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task Call_BreaksOffBeforeItsLastPiece_AnotherAttemptsCallTakesItsPlace(string name)
    {
        var tool = Find(name);
        var broken = tool.CallFrames(pieceLength: 7, id: "call_of_the_first");
        var whole = tool.CallFrames(pieceLength: 7);
        for (var pieces = 1; pieces < broken.Count; pieces++)
        {
            SimulatedCall[] calls = [Sends([[Preamble, Role], [.. broken.Take(pieces)]]).Resets(ReadEveryMs), Sends([[Preamble, Role], [.. whole], [Finish, Usage, Done]]).Closes()];
            await using var gateway = await SimulatedGateway.StartAsync(2, (_, i) => calls[i]);

            var turn = await gateway.RunAsync(tool.Request);

            Assert.Equal(string.Concat([Role, .. whole, Finish, Done]), turn.Body);
            Assert.Equal(tool.Offered, Property(gateway.Upstream.Calls[1].Body, "tools"));
        }
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task Call_BreaksOffBehindWords_IsNotSentAtAll(string name)
    {
        var tool = Find(name);
        var broken = tool.CallFrames(pieceLength: 7);
        for (var pieces = 1; pieces < broken.Count; pieces++)
        {
            await using var gateway = await SimulatedGateway.StartAsync(2, (_, _) => Sends([[Preamble, Role, Content(Words)], [.. broken.Take(pieces)]]).Resets(ReadEveryMs));

            var turn = await gateway.RunAsync(tool.Request);

            Assert.StartsWith(Role + Content(Words), turn.Body, StringComparison.Ordinal);
            Assert.DoesNotContain("tool_calls", turn.Body, StringComparison.Ordinal);
            Assert.Equal(["stop"], Answer(turn.Body).FinishReasons);
            Assert.Single(gateway.Upstream.Calls);
        }
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public async Task Result_OfTheCall_ReachesTheUpstreamByteForByte(string name)
    {
        var tool = Find(name);
        foreach (var result in new[] { tool.Success, tool.Error })
        {
            var request = tool.RequestAfter(result);
            await using var gateway = await SimulatedGateway.StartAsync(1, (_, _) => Sends([[Preamble, Role, Content(Words), ToolTranscript.Frame("{}", "\"stop\""), Usage, Done]]).Closes());

            var turn = await gateway.RunAsync(request);

            var upstream = gateway.Upstream.Calls.Single().Body;
            Assert.Equal(Property(request, "messages"), Property(upstream, "messages"));
            Assert.Equal(tool.Offered, Property(upstream, "tools"));
            var messages = JsonElement.Parse(upstream).GetProperty("messages");
            Assert.Equal(tool.Arguments, messages[3].GetProperty("tool_calls")[0].GetProperty("function").GetProperty("arguments").GetString());
            Assert.Equal(result, messages[4].GetProperty("content").GetString());
            Assert.Equal(Words, Answer(turn.Body).Text);
        }
    }

    private static ToolTranscript Find(string name) => ToolTranscripts.All.Single(tool => tool.Name == name);

    private static string Content(string text) => ToolTranscript.Frame($$"""{"content":{{ToolTranscript.Utf8(text)}}}""");

    private static SimulatedCall Sends(string[][] reads) =>
        reads.Aggregate(new SimulatedCall(), static (call, frames) => call.Raw(ReadEveryMs, string.Concat(frames)));

    private static string Property(string json, string name) => JsonElement.Parse(json).GetProperty(name).GetRawText();

    private static string Heard(SimulatedTurn turn, Func<TimeSpan, bool> when) => string.Concat(turn.Writes.Where(write => when(write.At)).Select(write => write.Text));

    /// <summary>What is said, the arguments of the one call, and how it finishes. The stream ends with <c>[DONE]</c>, and has no other.</summary>
    private static (string Text, string Arguments, string[] FinishReasons) Answer(string stream)
    {
        var frames = stream.Split("\n\n")[..^1];
        Assert.Equal(frames.Length - 1, Array.IndexOf(frames, "data: [DONE]"));
        JsonElement[] choices = [.. frames[..^1].Select(frame => JsonElement.Parse(frame["data: ".Length..]).GetProperty("choices")[0])];
        JsonElement[] deltas = [.. choices.Select(choice => choice.GetProperty("delta"))];
        return (
            string.Concat(deltas.Select(delta => delta.TryGetProperty("content", out var content) ? content.GetString() : "")),
            string.Concat(deltas.Select(delta => delta.TryGetProperty("tool_calls", out var calls) ? calls[0].GetProperty("function").GetProperty("arguments").GetString() : "")),
            [.. choices.Select(choice => choice.GetProperty("finish_reason").GetString()).OfType<string>()]);
    }
}
