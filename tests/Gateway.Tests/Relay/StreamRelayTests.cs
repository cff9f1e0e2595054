using System.Buffers;
using System.Text;
using Gateway.Relay;
using Gateway.Turns;

namespace Gateway.Tests.Relay;

public sealed class StreamRelayTests
{
    private const string Preamble = """{"choices":[],"created":0,"id":"","model":"","object":"","prompt_filter_results":[{"prompt_index":0,"content_filter_results":{}}]}""";
    private const string Done = "[DONE]";
    private static readonly string Role = Chunk("""{"role":"assistant","content":"","refusal":null}""");
    private static readonly string Hello = Chunk("""{"content":"Hello"}""");
    private static readonly string World = Chunk("""{"content":" wörld"}""");
    private static readonly string Stop = Chunk("{}", "\"stop\"");
    private static readonly string Usage = """{"id":"c1","object":"chat.completion.chunk","created":7,"model":"m","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7,"prompt_tokens_details":{"cached_tokens":3}}}""";

    [Theory]
    [InlineData(true, "\n")]
    [InlineData(false, "\n")]
    [InlineData(true, "\r\n")]
    public void Relay_WholeAnswer_GoesOnByteForByteWithoutThePreamble(bool voice, string newLine)
    {
        var expected = Stream(newLine, Role, Hello, World, Stop, Done);

        var relayed = Relay(Stream(newLine, Preamble, Role, Hello, World, Stop, Usage, Done), voice);

        Assert.Equal(expected, relayed.Text);
        Assert.Equal(AttemptOutcome.Completed, relayed.Outcome);
        Assert.Equal(new TokenUsage(5, 2, 3), relayed.Usage);
    }

    [Fact]
    public void Relay_AnyReads_GiveTheSameBytes()
    {
        var stream = Stream("\r\n", Preamble, Role, Hello, World, Tool(0, "call_1", "f", ""), Tool(0, null, null, "{\\\"ü\\\":"), Tool(0, null, null, "1}"), Stop, Usage, Done);
        var expected = Relay(stream, voice: true, includeUsage: true).Text;
        for (var size = 1; size < 80; size++) Assert.Equal(expected, Relay(stream, voice: true, includeUsage: true, readSize: size).Text);
    }

    [Fact]
    public void Relay_UsageAskedFor_GoesOn() => Assert.Equal(
        Stream("\n", Role, Hello, Stop, Usage, Done), Relay(Stream("\n", Preamble, Role, Hello, Stop, Usage, Done), includeUsage: true).Text);

    [Fact]
    public void Relay_KeepAliveInFrontOfTheAnswer_IsDroppedAndOneBehindItGoesOn() => Assert.Equal(
        Stream("\n", Role, Hello) + ": alive\n\n" + Stream("\n", Stop, Done),
        Relay(": alive\n\n" + Stream("\n", Role) + ": alive\n\n" + Stream("\n", Hello) + ": alive\n\n" + Stream("\n", Stop, Done)).Text);

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

        var relayed = Relay(Stream("\n", [.. frames]), voice: true);

        Assert.Equal(AttemptOutcome.Completed, relayed.Outcome);
        Assert.EndsWith(Stream("\n", Hello, Stop, Done), relayed.Text, StringComparison.Ordinal);
        Assert.InRange(relayed.Text.Length, 32 * 1024, 66 * 1024);
    }

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

        Assert.Equal(stream, Relay(stream, voice: true).Text);
    }

    [Fact]
    public void Relay_ToolCallWithoutArguments_IsWholeAtTheFinish()
    {
        var stream = Stream("\n", Role, Tool(0, "call_1", "f", ""), Chunk("{}", "\"tool_calls\""), Done);

        Assert.Equal(stream, Relay(stream, voice: true).Text);
    }

    [Theory]
    [InlineData("\"length\"")]
    [InlineData("\"content_filter\"")]
    [InlineData("\"tool_calls\"")]
    [InlineData(null)]
    public void Relay_HalfAToolCallOfAVoiceCaller_IsNeverSent(string? finishReason)
    {
        string[] end = finishReason is null ? [] : [Chunk("{}", finishReason), Done];

        var relayed = Relay(Stream("\n", [Role, Tool(0, "call_1", "f", ""), Tool(0, null, null, "{\\\"a\\\":"), .. end]), voice: true);

        Assert.Equal("", relayed.Text);
        Assert.Equal(AttemptOutcome.Cut, relayed.Outcome);
    }

    [Fact]
    public void Relay_HalfAToolCallOfAnApiCaller_GoesOnAsItCame()
    {
        var stream = Stream("\n", Role, Tool(0, "call_1", "f", "{\\\"a\\\":"), Chunk("{}", "\"length\""), Done);

        Assert.Equal(stream, Relay(stream, voice: false).Text);
    }

    [Fact]
    public void Relay_HeldCallWithoutEnd_IsGivenUp()
    {
        var piece = Tool(0, null, null, new string('a', 10_000));

        var relayed = Relay(Stream("\n", [Tool(0, "call_1", "f", "{\\\"a\\\":\\\""), .. Enumerable.Repeat(piece, 110)]), voice: true);

        Assert.Equal(AttemptOutcome.Invalid, relayed.Outcome);
        Assert.Equal("", relayed.Text);
    }

    [Fact]
    public void Relay_FinishWithoutDone_DoneIsAdded() => Assert.Equal(Stream("\n", Role, Hello, Stop, Done), Relay(Stream("\n", Role, Hello, Stop)).Text);

    [Fact]
    public void Relay_DoneWithoutItsBlankLine_IsTaken() => Assert.Equal(Stream("\n", Role, Hello, Stop, Done), Relay(Stream("\n", Role, Hello, Stop) + "data: [DONE]\n").Text);

    [Fact]
    public void Relay_DoneWithoutFinish_StopIsAddedUnderTheStreamsName()
    {
        var relayed = Relay(Stream("\n", Preamble, Role, Hello, Done));

        Assert.Equal(Stream("\n", Role, Hello, """{"id":"c1","object":"chat.completion.chunk","created":7,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""", Done), relayed.Text);
        Assert.Equal(AttemptOutcome.Completed, relayed.Outcome);
    }

    [Fact]
    public void Relay_DoneWithoutFinishAfterAToolCall_ToolCallsIsAdded()
    {
        var relayed = Relay(Stream("\n", Role, Tool(0, "call_1", "f", "{}"), Done), voice: true);

        Assert.Contains("\"finish_reason\":\"tool_calls\"}]}\n\ndata: [DONE]\n\n", relayed.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Relay_DoneWithOneOfTwoChoicesFinished_OnlyTheOtherIsFinished()
    {
        var relayed = Relay(Stream("\n", Chunk("""{"content":"a"}""", index: 0), Chunk("""{"content":"b"}""", index: 1), Chunk("{}", "\"stop\"", index: 1), Done));

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

        Assert.Equal(AttemptOutcome.Cut, Relay(Stream("\n", stream)).Outcome);
    }

    [Fact]
    public void Relay_EndInTheMiddleOfAFrame_IsACutAnswer()
    {
        var relayed = Relay(Stream("\n", Role, Hello) + "data: {\"id\":\"c1\",\"choi");

        Assert.Equal(AttemptOutcome.Cut, relayed.Outcome);
        Assert.Equal(Stream("\n", Role, Hello), relayed.Text);
    }

    [Fact]
    public void Relay_DoneAndNothingElse_IsACutAnswer() => Assert.Equal(AttemptOutcome.Cut, Relay(Stream("\n", Preamble, Done)).Outcome);

    [Fact]
    public void Relay_FinishWithNothingSaid_IsEmptyAndGoesOn()
    {
        var relayed = Relay(Stream("\n", Preamble, Role, Stop, Done));

        Assert.Equal(AttemptOutcome.Empty, relayed.Outcome);
        Assert.Equal(Stream("\n", Role, Stop, Done), relayed.Text);
    }

    [Fact]
    public void Relay_BytesBehindDone_AreIgnored() => Assert.Equal(Stream("\n", Role, Hello, Stop, Done), Relay(Stream("\n", Role, Hello, Stop, Done, Hello)).Text);

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
        var relayed = Relay(Stream("\n", Role, Hello, data, World));

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
        var relayed = Relay(Stream("\n", Role, Hello, frame, Stop, Done));

        Assert.Equal(outcome, relayed.Outcome);
        Assert.Equal(Stream("\n", Role, Hello), relayed.Text);
    }

    [Fact]
    public void Relay_EventOfTheTypeError_EndsTheStream()
    {
        var relayed = Relay(Stream("\n", Role, Hello) + "event: error\ndata: {\"detail\":\"boom\"}\n\n" + Stream("\n", Done));

        Assert.Equal(AttemptOutcome.Unavailable, relayed.Outcome);
        Assert.Equal(Stream("\n", Role, Hello), relayed.Text);
    }

    [Fact]
    public void Relay_ContentBesideAChoiceWithoutDelta_IsNotLost()
    {
        const string Mixed = """{"id":"c1","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null},{"index":1,"finish_reason":null}]}""";

        Assert.Contains(Mixed, Relay(Stream("\n", Mixed, Stop)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Relay_SecondFinishByTheAsynchronousFilter_IsNotSent()
    {
        const string Verdict = """{"id":"","object":"","created":0,"model":"","choices":[{"index":0,"finish_reason":"content_filter","content_filter_results":{}}]}""";

        Assert.Equal(Stream("\n", Role, Hello, Stop, Done), Relay(Stream("\n", Role, Hello, Stop, Verdict, Done)).Text);
    }

    [Fact]
    public void Relay_UsageWithoutFinish_ComesBehindTheFinishThatIsAdded()
    {
        var relayed = Relay(Stream("\n", Role, Hello, Usage, Done), includeUsage: true);

        Assert.EndsWith("\"finish_reason\":\"stop\"}]}\n\n" + Stream("\n", Usage, Done), relayed.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Relay_FrameBeyondTheLimit_EndsTheStream()
    {
        var relayed = Relay(Stream("\n", Role, Hello, Chunk($$"""{"content":"{{new string('x', StreamRelay.MaxFrameBytes)}}"}"""), Stop));

        Assert.Equal(AttemptOutcome.Invalid, relayed.Outcome);
        Assert.Equal(Stream("\n", Role, Hello), relayed.Text);
    }

    [Fact]
    public void Relay_FrameBeneathTheLimit_GoesOn()
    {
        var stream = Stream("\n", Chunk($$"""{"content":"{{new string('x', StreamRelay.MaxFrameBytes - 1000)}}"}"""), Stop, Done);

        Assert.Equal(stream, Relay(stream, readSize: 4096).Text);
    }

    [Fact]
    public void Relay_VerdictsOfTheAsynchronousFilter_AreDropped()
    {
        const string Verdict = """{"id":"","object":"","created":0,"model":"","choices":[{"index":0,"finish_reason":null,"content_filter_results":{},"content_filter_offsets":{"check_offset":1}}]}""";

        Assert.Equal(Stream("\n", Role, Hello, Stop, Done), Relay(Stream("\n", Preamble, Role, Hello, Verdict, Stop, Verdict, Done)).Text);
    }

    [Fact]
    public void Relay_FinishWithoutDeltaByTheAsynchronousFilter_IsWrittenAnew()
    {
        const string Verdict = """{"id":"","object":"","created":0,"model":"","choices":[{"index":0,"finish_reason":"content_filter","content_filter_results":{},"content_filter_offsets":{"check_offset":1}}]}""";

        var relayed = Relay(Stream("\n", Role, Hello, Verdict, Done));

        Assert.Equal(Stream("\n", Role, Hello, """{"id":"c1","object":"chat.completion.chunk","created":7,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"content_filter"}]}""", Done), relayed.Text);
    }

    [Fact]
    public void Relay_RequestedModel_ReplacesTheReportedOneAndNothingElse()
    {
        var renamed = Relay(Stream("\n", Role, Hello, Done), model: "\"mine/m\"");

        Assert.Equal(
            Stream("\n", Role.Replace("\"m\"", "\"mine/m\"", StringComparison.Ordinal), Hello.Replace("\"m\"", "\"mine/m\"", StringComparison.Ordinal))
            + Stream("\n", """{"id":"c1","object":"chat.completion.chunk","created":7,"model":"mine/m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""", Done),
            renamed.Text);
    }

    [Fact]
    public void Relay_DataOnSeveralLines_IsJoined()
    {
        var relayed = Relay("data: {\"id\":\"c1\",\ndata: \"choices\":[{\"index\":0,\"delta\":{\"content\":\"H\"}}]}\n\n" + Stream("\n", Stop, Done));

        Assert.Equal(Stream("\n", "{\"id\":\"c1\", \"choices\":[{\"index\":0,\"delta\":{\"content\":\"H\"}}]}", Stop, Done), relayed.Text);
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

        // The runtime allocates once when it compiles a method anew; what is allocated for a chunk is allocated in every round.
        Assert.Equal(0, Enumerable.Range(0, 10).Select(_ => AllocatedBy1000Chunks()).ToArray().Min());
        Assert.True(output.WrittenCount > 1000 * chunk.Length);

        long AllocatedBy1000Chunks()
        {
            output.ResetWrittenCount();
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++)
            {
                chunk.CopyTo(relay.Free);
                relay.Accept(chunk.Length, output);
                comment.CopyTo(relay.Free);
                relay.Accept(comment.Length, output);
            }

            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private static string Chunk(string delta, string finishReason = "null", int index = 0) =>
        $$"""{"id":"c1","object":"chat.completion.chunk","created":7,"model":"m","choices":[{"index":{{index}},"delta":{{delta}},"logprobs":null,"finish_reason":{{finishReason}}}]}""";

    private static string Tool(int index, string? id, string? name, string arguments) => Chunk(
        id is null
            ? $$$"""{"tool_calls":[{"index":{{{index}}},"function":{"arguments":"{{{arguments}}}"}}]}"""
            : $$$"""{"tool_calls":[{"index":{{{index}}},"id":"{{{id}}}","type":"function","function":{"name":"{{{name}}}","arguments":"{{{arguments}}}"}}]}""");

    private static string Stream(string newLine, params string[] data) => string.Concat(data.Select(frame => $"data: {frame}{newLine}{newLine}"));

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private static (string Text, AttemptOutcome Outcome, TokenUsage Usage) Relay(string stream, bool voice = false, bool includeUsage = false, string? model = null, int readSize = 1000)
    {
        using var relay = new StreamRelay(voice, includeUsage, model is null ? null : Encoding.UTF8.GetBytes(model));
        var output = new ArrayBufferWriter<byte>();
        var bytes = Encoding.UTF8.GetBytes(stream);
        for (var position = 0; relay.Outcome == AttemptOutcome.None;)
        {
            var read = bytes.AsMemory(position, Math.Min(readSize, bytes.Length - position));
            read.CopyTo(relay.Free);
            relay.Accept(read.Length, output);
            position += read.Length;
        }

        return (Encoding.UTF8.GetString(output.WrittenSpan), relay.Outcome, relay.Usage);
    }

    private static RelayProgress Feed(StreamRelay relay, string stream, ArrayBufferWriter<byte> output)
    {
        var bytes = Encoding.UTF8.GetBytes(stream);
        bytes.CopyTo(relay.Free);
        return relay.Accept(bytes.Length, output);
    }
}
