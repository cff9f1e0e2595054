using Simulation;

namespace Gateway.Tests.Turns;

/// <summary>What a voice caller hears of the endpoint itself, and when, in simulated time; an api caller hears none of it.</summary>
public sealed class SpokenTurnTests
{
    private const string User = """{"role":"user","content":"Where is my order, please?"}""";
    private const string First = "\"One moment, please... \"";
    private const string Second = "\"Right, bear with me... \"";
    private const string AskAgain = "\"Sorry, I didn't quite get that. Could you say it again, please?\"";
    private const string StillChecking = "\"I'm still checking that for you. Please stay on the line.\"";
    private const string CannotHelp = "\"I'm sorry, I can't help with that. Is there anything else I can do for you?\"";
    private const string CutOff = "\" Sorry, I was cut off there. Shall I go on?\"";
    private const string ToolCall = """{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"find_order","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"{}"}""";
    private const string Silence = """{"role":"assistant","content":"Are you still there?"}""";
    private const string SkipTurn = ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"skip_turn\",\"parameters\":{\"type\":\"object\",\"properties\":{},\"required\":[]}}}]";

    [Fact]
    public async Task BufferWords_OfALateAnswer_AreTheseBytes()
    {
        await using var gateway = await StartAsync(SimulatedCall.Says(2500, "Hello."));

        var turn = await gateway.RunAsync(Ask(User));

        Assert.Equal(
            "data: {\"id\":\"chatcmpl-{id}\",\"object\":\"chat.completion.chunk\",\"created\":1767225611,\"model\":\"a\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"One moment, please... \"},\"finish_reason\":null}]}\n\n"
            + "data: {\"id\":\"u\",\"object\":\"chat.completion.chunk\",\"created\":7,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hello.\"},\"finish_reason\":null}]}\n\n"
            + "data: {\"id\":\"u\",\"object\":\"chat.completion.chunk\",\"created\":7,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
            + "data: [DONE]\n\n",
            turn.Body);
    }

    [Fact]
    public async Task Fallback_OfATurnThatNothingAnswers_IsTheseBytes()
    {
        await using var gateway = await StartAsync(Failing());

        var turn = await gateway.RunAsync(Ask(User, ",\"stream_options\":{\"include_usage\":true}"));

        const string Head = "data: {\"id\":\"chatcmpl-{id}\",\"object\":\"chat.completion.chunk\",\"created\":1767225610,\"model\":\"a\",\"choices\":";
        Assert.Equal(
            Head + "[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":" + AskAgain.Replace("'", "\\u0027", StringComparison.Ordinal) + "},\"finish_reason\":null}]}\n\n"
            + Head + "[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
            + Head + "[],\"usage\":{\"prompt_tokens\":0,\"completion_tokens\":0,\"total_tokens\":0}}\n\n"
            + "data: [DONE]\n\n",
            turn.Body.Replace("'", "\\u0027", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Late_InEveryStep_IsNeverSilentForLong()
    {
        Assert.Equal($"1800 role {First} 2500 \"Hello.\" stop done", await HearAsync(Ask(User), SimulatedCall.Says(2500, "Hello.")));
        Assert.Equal($"1800 role {First} 5000 {Second} 6000 \"Hello.\" stop done", await HearAsync(Ask(User), SimulatedCall.Says(6000, "Hello.")));
        Assert.Equal($"1800 role {First} 5000 {Second} 8000 {AskAgain} stop done", await HearAsync(Ask(User), SimulatedCall.Hangs()));
        Assert.Equal("1790 role \"Hello.\" stop done", await HearAsync(Ask(User), SimulatedCall.Says(1790, "Hello.")));
    }

    [Theory]
    [InlineData("""{"role":"user","content":"Yes."}""", "a short text")]
    [InlineData("""{"role":"user","content":"Where is my order?"},{"role":"assistant","content":"Let me see... ","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"{}"}""", "once per user message")]
    [InlineData("""{"role":"user","content":"Connect me to sales, please."},{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"transfer_to_number","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"{}"}""", "after a transfer")]
    public async Task BufferWords_WhereTheyWouldBeWrong_AreNotSaid(string messages, string why)
    {
        var line = await HearAsync(Ask(messages), SimulatedCall.Says(2500, "Hello."));

        Assert.True(line == "2500 role \"Hello.\" stop done", $"{why}: {line}");
    }

    [Fact]
    public async Task BufferWords_OffForTheRequestOrTheCaller_AreNotSaid()
    {
        Assert.Equal("2500 role \"Hello.\" stop done", await HearAsync(Ask(User, ",\"elevenlabs_extra_body\":{\"gateway\":{\"buffer_words\":false}}"), SimulatedCall.Says(2500, "Hello.")));
        Assert.Equal("2500 role \"Hello.\" stop done", await HearAsync(Ask(User), new() { ["Callers:0:BufferWords"] = "false" }, SimulatedGateway.VoiceKey, SimulatedCall.Says(2500, "Hello.")));
        Assert.Equal("2500 role \"Hello.\" stop done", await HearAsync(Ask(User), [], SimulatedGateway.ApiKey, SimulatedCall.Says(2500, "Hello.")));
    }

    [Fact]
    public async Task BufferWords_InAYoungProcess_ComeEarly()
    {
        await using var gateway = await SimulatedGateway.StartAsync(1, (_, _) => SimulatedCall.Says(2500, "Hello."), Settings([]), age: TimeSpan.Zero);

        Assert.Equal($"300 role {First} 2500 \"Hello.\" stop done", Heard.Line(await gateway.RunAsync(Ask(User))));
    }

    [Fact]
    public async Task FirstOutput_NoBufferWordsAllowed_IsTheFallbackInTime()
    {
        Assert.Equal($"3500 role {AskAgain} stop done", await HearAsync(Ask(User), new() { ["Callers:0:BufferWords"] = "false" }, SimulatedGateway.VoiceKey, SimulatedCall.Hangs()));
        Assert.Equal($"3500 role {AskAgain} stop done", await HearAsync(Ask("""{"role":"user","content":"Yes."}"""), SimulatedCall.Hangs()));
    }

    [Fact]
    public async Task Fallback_AfterAToolResult_NeverAsksToRepeat() =>
        Assert.Equal($"0 role {StillChecking} stop done", await HearAsync(Ask($"{User},{ToolCall}"), Failing()));

    [Fact]
    public async Task Fallback_AnswerThatSaysNothing_TakesItsPlace() =>
        Assert.Equal($"400 role {AskAgain} stop done", await HearAsync(Ask(User), [.. Enumerable.Range(0, 4).Select(_ => SimulatedCall.Begins(0).Ends("stop", 100))]));

    [Fact]
    public async Task ContentFilter_BeforeAWord_HasItsOwnSentence()
    {
        Assert.Equal($"0 role {CannotHelp} stop done", await HearAsync(Ask(User), SimulatedCall.Fails(400, body: "{\"error\":{\"code\":\"content_filter\",\"message\":\"x\"}}")));
        Assert.Equal($"100 role {CannotHelp} stop done", await HearAsync(Ask(User), SimulatedCall.Begins(0).Ends("content_filter", 100)));
    }

    [Fact]
    public async Task ContentFilter_AfterWords_PassesAsItIs() =>
        Assert.Equal("100 role \"Well,\" content_filter done", await HearAsync(Ask(User), SimulatedCall.Begins(100, "Well,").Ends("content_filter")));

    [Fact]
    public async Task Stream_DiesAfterWords_EndsWithAClosingPhrase()
    {
        Assert.Equal($"100 role \"Well,\" 200 {CutOff} stop done", await HearAsync(Ask(User), SimulatedCall.Begins(100, "Well,").Resets(100)));
        Assert.Equal($"100 role \"Well,\" 200 {CutOff} stop done", await HearAsync(Ask(User), SimulatedCall.Begins(100, "Well,").Raw(100, "data: {\"error\":{\"code\":\"x\",\"message\":\"x\"}}\n\n")));
        Assert.Equal($"100 role \"Well,\" 4100 {CutOff} stop done", await HearAsync(Ask(User), SimulatedCall.Begins(100, "Well,")));
    }

    [Fact]
    public async Task Refusal_ThatNoRuleIsLearnedFrom_IsAFallback() =>
        Assert.Equal($"0 role {AskAgain} stop done", await HearAsync(Ask(User), SimulatedCall.Fails(400, body: "{\"error\":{\"code\":\"context_length_exceeded\",\"message\":\"x\"}}")));

    [Fact]
    public async Task Refusal_ThatARuleIsLearnedFrom_IsTriedAgainAtOnce()
    {
        const string Unsupported = "{\"error\":{\"code\":\"unsupported_parameter\",\"param\":\"max_tokens\",\"message\":\"Use 'max_completion_tokens' instead.\"}}";
        await using var gateway = await StartAsync(SimulatedCall.Fails(400, body: Unsupported), SimulatedCall.Says(100, "Hello."), SimulatedCall.Says(100, "Again."));

        Assert.Equal("100 role \"Hello.\" stop done", Heard.Line(await gateway.RunAsync(Ask(User, ",\"max_tokens\":100"))));
        Assert.Equal("100 role \"Again.\" stop done", Heard.Line(await gateway.RunAsync(Ask(User, ",\"max_tokens\":100"))));
        Assert.Equal([true, false, false], gateway.Upstream.Calls.Select(call => call.Body.Contains("\"max_tokens\"", StringComparison.Ordinal)));
        Assert.Contains("\"max_completion_tokens\":100", gateway.Upstream.Calls[2].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silence_NothingSaid_IsSkippedWithoutAnApology()
    {
        Assert.Equal("100 role skip_turn({\"reason\":\"Nothing was said.\"}) tool_calls done", await HearAsync(Ask(Silence, SkipTurn), SimulatedCall.Begins(0).Ends("stop", 100)));
        Assert.Equal("100 role \" \" stop done", await HearAsync(Ask(Silence), SimulatedCall.Begins(0).Ends("stop", 100)));
        Assert.Equal("3500 role \" \" stop done", await HearAsync(Ask(Silence), SimulatedCall.Hangs()));
        Assert.Equal("0 role \" \" stop done", await HearAsync(Ask("""{"role":"user","content":"..."}"""), Failing()));
        Assert.Equal("2500 role \"Are you there?\" stop done", await HearAsync(Ask(Silence), SimulatedCall.Says(2500, "Are you there?")));
    }

    [Fact]
    public async Task Silence_ALateAnswer_IsNotHedged()
    {
        await using var gateway = await StartAsync(SimulatedCall.Says(2500, "Are you there?"));

        await gateway.RunAsync(Ask(Silence));

        Assert.Single(gateway.Upstream.Calls);
    }

    [Fact]
    public async Task WayOut_SecondFallbackInARow_IsTakenWhereItsToolIsOffered()
    {
        const string Tools = ",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"transfer_to_number\",\"parameters\":{}}}]";
        var history = $"{User},{{\"role\":\"assistant\",\"content\":{AskAgain}}},{User}";
        var settings = new Dictionary<string, string?> { ["Callers:0:WayOut:TransferArguments"] = "{\"transfer_number\":\"+15550100\"}" };

        Assert.Equal("0 role transfer_to_number({\"transfer_number\":\"+15550100\"}) tool_calls done", await HearAsync(Ask(history, Tools), settings, SimulatedGateway.VoiceKey, Failing()));
        Assert.Equal($"0 role {AskAgain} stop done", await HearAsync(Ask(history), settings, SimulatedGateway.VoiceKey, Failing()));
        Assert.Equal($"0 role {AskAgain} stop done", await HearAsync(Ask(User, Tools), settings, SimulatedGateway.VoiceKey, Failing()));
    }

    [Fact]
    public async Task Whole_NothingAnswers_IsAWholeSpokenAnswer() =>
        Assert.Equal($"200 role {AskAgain} stop", await HearAsync($$"""{"messages":[{{User}}]}""", Failing()));

    [Fact]
    public async Task History_ThatHoldsOurWords_GoesUpstreamWithoutThem()
    {
        await using var gateway = await StartAsync(SimulatedCall.Says(100, "Hello."));

        await gateway.RunAsync(Ask($"{User},{{\"role\":\"assistant\",\"content\":\"Let me see... It is on its way.\"}},{User}"));

        Assert.Contains("\"content\":\"It is on its way.\"", gateway.Upstream.Calls[0].Body, StringComparison.Ordinal);
    }

    private static string Ask(string messages, string more = "") => $$"""{"stream":true,"messages":[{{messages}}]{{more}}}""";

    private static SimulatedCall[] Failing() => [.. Enumerable.Range(0, 4).Select(_ => SimulatedCall.Fails(503))];

    private static Task<SimulatedGateway> StartAsync(params SimulatedCall[] calls) => SimulatedGateway.StartAsync(1, (_, i) => calls[i], Settings([]));

    private static Task<string> HearAsync(string json, params SimulatedCall[] calls) => HearAsync(json, [], SimulatedGateway.VoiceKey, calls);

    private static async Task<string> HearAsync(string json, Dictionary<string, string?> settings, string key, params SimulatedCall[] calls)
    {
        await using var gateway = await SimulatedGateway.StartAsync(1, (_, i) => calls[i], Settings(settings));
        return Heard.Line(await gateway.RunAsync(json, key));
    }

    // Hedges would need more of the table's columns.
    private static Dictionary<string, string?> Settings(Dictionary<string, string?> more) => new(more) { ["HedgePercent"] = "0" };
}
