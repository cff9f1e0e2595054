using System.Text;
using System.Text.Json;
using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.Logs;
using EndToEnd.Tests.Turns;
using OpenAI.Chat;

namespace EndToEnd.Tests.OpenAIClient;

public sealed class ToolTests(GatewayHost host)
{
    // Braces, quotes and a surrogate pair inside of strings: where a held call is taken for whole too early, it shows here.
    private const string Weather = $$"""{"city":"{{Marker.Text}} } \" 🙂","days":[1,2,{"3":null}]}""";
    private const string Time = $$"""{"zone":"{{Marker.Text}}/Zurich"}""";

    private static readonly ChatTool[] Tools = [Tool("get_weather", "city"), Tool("get_time", "zone")];

    [Theory]
    [InlineData(Caller.Voice, false)]
    [InlineData(Caller.Voice, true)]
    [InlineData(Caller.Api, false)]
    [InlineData(Caller.Api, true)]
    public async Task Stream_ParallelCalls_ArriveWhole(Caller caller, bool interleaved)
    {
        host.NeedsEmulator();

        var (calls, finish, pieces) = await StreamAsync(caller, [new UserChatMessage(Prompt.Script(Calls(interleaved)))]);

        Assert.Equal(ChatFinishReason.ToolCalls, finish);
        Assert.Collection(
            calls,
            static call => Assert.Equal(("call_a", "get_weather", Weather), (call.Id, call.FunctionName, call.FunctionArguments.ToString())),
            static call => Assert.Equal(("call_b", "get_time", Time), (call.Id, call.FunctionName, call.FunctionArguments.ToString())));
        Assert.True(pieces > 6);
    }

    [Theory]
    [InlineData(Caller.Voice)]
    [InlineData(Caller.Api)]
    public async Task Stream_CallWithoutArguments_ArrivesEmpty(Caller caller)
    {
        host.NeedsEmulator();

        var (calls, finish, _) = await StreamAsync(caller, [new UserChatMessage(Prompt.Script("""{"tool_calls":[{"name":"get_time","arguments":""}]}"""))]);

        Assert.Equal(ChatFinishReason.ToolCalls, finish);
        Assert.Equal(("get_time", ""), (Assert.Single(calls).FunctionName, calls[0].FunctionArguments.ToString()));
    }

    [Theory]
    [InlineData(Caller.Voice)]
    [InlineData(Caller.Api)]
    public async Task Stream_RoundTrip_EndsWithWhatTheToolLedTo(Caller caller)
    {
        host.NeedsEmulator();
        List<ChatMessage> messages = [new SystemChatMessage($"Be brief, {Marker.Text}."), new UserChatMessage(Prompt.Script(Calls(interleaved: true)))];

        var (calls, _, _) = await StreamAsync(caller, messages);
        messages.Add(new AssistantChatMessage(calls));
        messages.Add(new ToolChatMessage(calls[0].Id, $$"""{"sky":"{{Marker.Text}}"}"""));
        messages.Add(new ToolChatMessage(calls[1].Id, Prompt.Script($$"""{"text":"It is five, {{Marker.Text}}."}""")));
        var answer = await host.Chat(caller).CompleteChatAsync(messages, Options(), TestContext.Current.CancellationToken);

        Assert.Equal($"It is five, {Marker.Text}.", answer.Value.Content[0].Text);
        Assert.Equal(ChatFinishReason.Stop, answer.Value.FinishReason);
    }

    [Theory]
    [InlineData(Caller.Voice)]
    [InlineData(Caller.Api)]
    public async Task Whole_ParallelCalls_ArriveWhole(Caller caller)
    {
        host.NeedsEmulator();

        var answer = await host.Chat(caller).CompleteChatAsync([new UserChatMessage(Prompt.Script(Calls(interleaved: false)))], Options(), TestContext.Current.CancellationToken);

        Assert.Equal(ChatFinishReason.ToolCalls, answer.Value.FinishReason);
        Assert.Equal([("call_a", Weather), ("call_b", Time)], answer.Value.ToolCalls.Select(static call => (call.Id, call.FunctionArguments.ToString())));
    }

    [Fact]
    public async Task Stream_CallBreaksOff_ApiSeesItsBeginningAndNoFinish()
    {
        host.NeedsEmulator();

        var (calls, finish, _) = await StreamAsync(Caller.Api, [new UserChatMessage(Prompt.Script(BrokenCall))]);

        Assert.Null(finish);
        Assert.Equal("get_weather", Assert.Single(calls).FunctionName);
        Assert.StartsWith("{\"city\"", calls[0].FunctionArguments.ToString(), StringComparison.Ordinal);
        Assert.NotEqual(Weather, calls[0].FunctionArguments.ToString());
    }

    [Fact]
    public async Task Stream_CallBreaksOff_VoiceSeesNothingOfIt()
    {
        host.NeedsEmulator();

        // Held until it is whole, so that a sentence can take its place.
        var (calls, finish, _) = await StreamAsync(Caller.Voice, [new UserChatMessage(Prompt.Script(BrokenCall))]);

        Assert.Empty(calls);
        Assert.Equal(ChatFinishReason.Stop, finish);
    }

    private static string BrokenCall => $$"""{"tool_calls":[{"name":"get_weather","arguments":{{Quoted(Weather)}},"pieces":4}],"token_ms":200,"fault":"error","after":3}""";

    private static string Calls(bool interleaved) => $$"""
        {"interleaved":{{(interleaved ? "true" : "false")}},"tool_calls":[
          {"id":"call_a","name":"get_weather","arguments":{{Quoted(Weather)}},"pieces":7},
          {"id":"call_b","name":"get_time","arguments":{{Quoted(Time)}},"pieces":3}]}
        """;

    private static string Quoted(string json) => $"\"{JsonEncodedText.Encode(json)}\"";

    private static ChatTool Tool(string name, string parameter) => ChatTool.CreateFunctionTool(
        name, "A tool of a test.", BinaryData.FromString($$$"""{"type":"object","properties":{"{{{parameter}}}":{"type":"string"}},"required":["{{{parameter}}}"]}"""));

    private static ChatCompletionOptions Options()
    {
        var options = new ChatCompletionOptions { AllowParallelToolCalls = true };
        foreach (var tool in Tools) options.Tools.Add(tool);
        return options;
    }

    private async Task<(List<ChatToolCall> Calls, ChatFinishReason? Finish, int Pieces)> StreamAsync(Caller caller, IEnumerable<ChatMessage> messages)
    {
        var calls = new SortedDictionary<int, (string Id, string Name, StringBuilder Arguments)>();
        ChatFinishReason? finish = null;
        var pieces = 0;
        await foreach (var update in host.Chat(caller).CompleteChatStreamingAsync(messages, Options(), TestContext.Current.CancellationToken))
        {
            finish ??= update.FinishReason;
            foreach (var piece in update.ToolCallUpdates)
            {
                pieces++;
                if (piece.FunctionName is { Length: > 0 } name) calls[piece.Index] = (piece.ToolCallId, name, new StringBuilder());
                calls[piece.Index].Arguments.Append(piece.FunctionArgumentsUpdate?.ToString());
            }
        }

        return ([.. calls.Values.Select(static call => ChatToolCall.CreateFunctionToolCall(call.Id, call.Name, BinaryData.FromString(call.Arguments.ToString())))], finish, pieces);
    }
}
