using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.Logs;
using EndToEnd.Tests.Turns;

namespace EndToEnd.Tests.Aimock;

/// <summary>What comes from an upstream that was written by others reaches the caller byte for byte.</summary>
public sealed class RelayTests(AimockGateway gateway) : IClassFixture<AimockGateway>
{
    public static TheoryData<string, string, Caller> Turns => new(
        from asked in (string[])["say text", "call two tools", "speak and call", "think first"]
        from model in (string[])[AimockGateway.V1, AimockGateway.Dated]
        from caller in Enum.GetValues<Caller>()
        select (asked, model, caller));

    [Theory]
    [MemberData(nameof(Turns))]
    public async Task Stream_Whole_IsTheUpstreamsByteForByte(string asked, string model, Caller caller)
    {
        Node.Needed();
        using var through = gateway.Through(caller);
        using var direct = gateway.Direct();
        var body = Prompt.Body($"Please {asked}, {Marker.Text}.", includeUsage: true, model: model).ToJsonString();

        var expected = await direct.PostAsync(body, TestContext.Current.CancellationToken);
        var answer = await through.PostAsync(body, TestContext.Current.CancellationToken);

        Assert.Equal((200, "text/event-stream"), (answer.Status, answer.ContentType));
        Assert.Equal(expected.Body, answer.Body);
    }

    [Fact]
    public async Task Stream_Slow_IsTheUpstreamsByteForByte()
    {
        Node.Needed();
        await Stream_Whole_IsTheUpstreamsByteForByte("take your time", AimockGateway.V1, Caller.Voice);
    }

    [Theory]
    [InlineData(Caller.Voice)]
    [InlineData(Caller.Api)]
    public async Task Stream_UsageNotAskedFor_IsTheUpstreamsWithoutIt(Caller caller)
    {
        Node.Needed();
        using var through = gateway.Through(caller);
        using var direct = gateway.Direct();
        var body = Prompt.Body("say text", model: AimockGateway.V1).ToJsonString();

        var expected = await direct.PostAsync(body, TestContext.Current.CancellationToken);
        var answer = await through.PostAsync(body, TestContext.Current.CancellationToken);

        Assert.Equal(expected.Body, answer.Body);
        // Asked for all the same, for the gateway's own count.
        Assert.True((bool?)(await gateway.SeenAsync(answer, TestContext.Current.CancellationToken))["body"]!["stream_options"]!["include_usage"]);
    }

    [Theory]
    [InlineData("say text")]
    [InlineData("call two tools")]
    public async Task Whole_Completion_IsTheUpstreamsByteForByte(string asked)
    {
        Node.Needed();
        using var through = gateway.Through(Caller.Api);
        using var direct = gateway.Direct();
        var body = Prompt.Body(asked, stream: false, model: AimockGateway.V1).ToJsonString();

        var expected = await direct.PostAsync(body, TestContext.Current.CancellationToken);
        var answer = await through.PostAsync(body, TestContext.Current.CancellationToken);

        Assert.Equal((200, "application/json"), (answer.Status, answer.ContentType));
        Assert.Equal(expected.Body, answer.Body);
    }

    [Fact]
    public async Task Stream_ConnectionLost_EndsWithAnErrorAndWithoutDone()
    {
        Node.Needed();
        using var through = gateway.Through(Caller.Api);

        var answer = await through.PostAsync(Prompt.Body("break off", model: AimockGateway.V1).ToJsonString(), TestContext.Current.CancellationToken);

        Assert.Equal(200, answer.Status);
        Assert.StartsWith("Said by ze", answer.Text, StringComparison.Ordinal);
        Assert.Equal("upstream_cut", answer.Error().Code);
        Assert.Empty(answer.FinishReasons);
        Assert.DoesNotContain("[DONE]", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_ConnectionLostInACall_VoiceSeesNoneOfItAndApiItsBeginning()
    {
        Node.Needed();
        using var voice = gateway.Through(Caller.Voice);
        using var api = gateway.Through(Caller.Api);
        var body = Prompt.Body("hang up on a call", model: AimockGateway.V1).ToJsonString();

        var held = await voice.PostAsync(body, TestContext.Current.CancellationToken);
        var begun = await api.PostAsync(body, TestContext.Current.CancellationToken);

        Assert.Equal(200, held.Status);
        Assert.DoesNotContain("get_weather", held.Body, StringComparison.Ordinal);
        Assert.Equal(["stop"], held.FinishReasons);
        Assert.Equal((200, "upstream_cut"), (begun.Status, begun.Error().Code));
        Assert.Equal("get_weather", Assert.Single(begun.ToolCalls()).Name);
    }

    [Theory]
    [InlineData("too many", 429, "rate_limit_exceeded")]
    [InlineData("not allowed", 400, "content_filter")]
    [InlineData("break down", 502, "upstream_error")]
    [InlineData("talk nonsense", 502, "upstream_invalid")]
    public async Task Turn_UpstreamFails_TellsTheFittingStatusAndNothingOfItsWords(string asked, int status, string code)
    {
        Node.Needed();
        using var through = gateway.Through(Caller.Api);
        foreach (var stream in (bool[])[true, false])
        {
            var answer = await through.PostAsync(Prompt.Body(asked, stream, model: AimockGateway.V1).ToJsonString(), TestContext.Current.CancellationToken);

            Assert.Equal((status, code), (answer.Status, answer.Error().Code));
            Assert.DoesNotContain(Marker.Text, answer.Body, StringComparison.Ordinal);
            if (status == 429) Assert.Equal(TimeSpan.FromSeconds(7), answer.Headers.RetryAfter!.Delta);
        }
    }
}
