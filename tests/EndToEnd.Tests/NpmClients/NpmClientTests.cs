using System.Text.Json.Nodes;
using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.Logs;
using EndToEnd.Tests.Turns;

namespace EndToEnd.Tests.NpmClients;

/// <summary>The clients that most callers use, each in a process of its own.</summary>
public sealed class NpmClientTests(GatewayHost host)
{
    private const string Arguments = $$"""{"city":"{{Marker.Text}}"}""";

    private static readonly string Call = Prompt.Script($$"""{"tool_calls":[{"id":"call_a","name":"get_weather","arguments":{{Arguments}},"pieces":5}]}""");

    [Theory]
    [InlineData(Caller.Voice)]
    [InlineData(Caller.Api)]
    public async Task OpenAI_Stream_HasTextAndFinishAndNoUsage(Caller caller)
    {
        host.NeedsEmulator();

        var result = await RunAsync(caller, "openai.mjs", "stream", Prompt.Script($$"""{"text":"{{Marker.Text}} one two"}"""));

        Assert.Equal($"{Marker.Text} one two", (string?)result["text"]);
        Assert.Equal("""["stop"]""", result["finish"]!.ToJsonString());
        Assert.Null(result["usage"]);
        // Role, three words, finish: nothing of Azure's.
        Assert.Equal(5, (int?)result["chunks"]);
    }

    [Fact]
    public async Task OpenAI_StreamWithUsage_EndsWithIt()
    {
        var result = await RunAsync(Caller.Api, "openai.mjs", "usage", $"Hello, {Marker.Text}.");

        Assert.Equal(0, (int?)result["choices"]);
        Assert.Equal((int)result["usage"]!["total_tokens"]!, (int)result["usage"]!["prompt_tokens"]! + (int)result["usage"]!["completion_tokens"]!);
    }

    [Theory]
    [InlineData(Caller.Voice)]
    [InlineData(Caller.Api)]
    public async Task OpenAI_Tools_AreAccumulated(Caller caller)
    {
        host.NeedsEmulator();

        var result = await RunAsync(caller, "openai.mjs", "tools", Call);

        Assert.Equal("tool_calls", (string?)result["finish"]);
        Assert.Equal(["call_a", "get_weather", Arguments], Assert.Single(result["calls"]!.AsArray())!.AsArray().Select(static value => (string?)value));
    }

    [Theory]
    [InlineData(Caller.Voice)]
    [InlineData(Caller.Api)]
    public async Task OpenAI_RunTools_CallsTheToolAndGetsItsAnswer(Caller caller)
    {
        host.NeedsEmulator();

        var result = await RunAsync(caller, "openai.mjs", "round", Call);

        Assert.Equal(Arguments, Assert.Single(result["seen"]!.AsArray())!.ToJsonString());
        Assert.NotEmpty((string)result["text"]!);
    }

    [Fact]
    public async Task OpenAI_Whole_HasTextUsageAndRequestId()
    {
        host.NeedsEmulator();

        var result = await RunAsync(Caller.Api, "openai.mjs", "whole", Prompt.Script($$"""{"text":"{{Marker.Text}} one two"}"""));

        Assert.Equal(($"{Marker.Text} one two", "stop"), ((string?)result["text"], (string?)result["finish"]));
        Assert.Equal(3, (int?)result["usage"]!["completion_tokens"]);
        Assert.StartsWith("req_", (string)result["requestId"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAI_Models_AreListedAndFound()
    {
        var result = await RunAsync(Caller.Api, "openai.mjs", "models", "");

        Assert.Equal(host.Model, (string?)result["one"]);
        Assert.Contains(host.Model, result["listed"]!.AsArray().Select(static id => (string?)id));
    }

    [Fact]
    public async Task OpenAI_Abort_LeavesTheServerHealthy()
    {
        host.NeedsEmulator();

        var result = await RunAsync(Caller.Voice, "openai.mjs", "abort", Prompt.Script($$"""{"text":"{{Marker.Text}}","chunks":100000,"token_ms":20}"""));

        Assert.True((bool?)result["aborted"]);
        using var http = new GatewayHttp(host.BaseAddress, host.Key(Caller.Voice));
        Assert.Equal(200, (await http.TurnAsync($"Hello, {Marker.Text}.", TestContext.Current.CancellationToken)).Status);
    }

    [Theory]
    [InlineData(Caller.Voice, "error", "upstream_error")]
    [InlineData(Caller.Voice, "cut", "upstream_cut")]
    [InlineData(Caller.Voice, "cut_reset", "upstream_cut")]
    [InlineData(Caller.Api, "error", "upstream_error")]
    [InlineData(Caller.Api, "no_end", "upstream_cut")]
    [InlineData(Caller.Api, "garbage", "upstream_invalid")]
    public async Task OpenAI_BrokenStream_Throws(Caller caller, string fault, string code)
    {
        host.NeedsEmulator();

        var result = await RunAsync(caller, "openai.mjs", "stream", Prompt.Script($$"""{"text":"{{Marker.Text}} and so on","fault":"{{fault}}","after":1}"""));

        Assert.Equal(("APIError", code), ((string?)result["error"], (string?)result["code"]));
    }

    [Theory]
    [InlineData("""{"status":400,"code":"content_filter"}""", "BadRequestError", "content_filter")]
    [InlineData("""{"status":429}""", "RateLimitError", "rate_limit_exceeded")]
    [InlineData("""{"status":503}""", "InternalServerError", "upstream_error")]
    public async Task OpenAI_UpstreamFails_ThrowsTheFittingError(string script, string error, string code)
    {
        host.NeedsEmulator();

        var result = await RunAsync(Caller.Api, "openai.mjs", "stream", Prompt.Script(script));

        Assert.Equal((error, code), ((string?)result["error"], (string?)result["code"]));
    }

    [Fact]
    public async Task AzureOpenAI_WithKeyHeaderAndApiVersion_IsAnswered()
    {
        host.NeedsEmulator();

        var result = await RunAsync(Caller.Api, "openai.mjs", "azure", Prompt.Script($$"""{"text":"{{Marker.Text}} one two"}"""));

        Assert.Equal($"{Marker.Text} one two", (string?)result["text"]);
    }

    [Theory]
    [InlineData(Caller.Voice)]
    [InlineData(Caller.Api)]
    public async Task AiSdk_StreamWithATool_CallsItAndGetsItsAnswer(Caller caller)
    {
        host.NeedsEmulator();

        var result = await RunAsync(caller, "ai-sdk.mjs", "stream", Call);

        Assert.Equal("[]", result["errors"]!.ToJsonString());
        Assert.Equal(Arguments, Assert.Single(result["seen"]!.AsArray())!.ToJsonString());
        Assert.NotEmpty((string)result["text"]!);
        Assert.Equal("stop", (string?)result["finish"]);
        Assert.True((int?)result["tokens"] > 0);
    }

    [Theory]
    [InlineData("error")]
    [InlineData("cut")]
    public async Task AiSdk_BrokenStream_ReportsAnError(string fault)
    {
        host.NeedsEmulator();

        var result = await RunAsync(Caller.Voice, "ai-sdk.mjs", "stream", Prompt.Script($$"""{"text":"{{Marker.Text}} and so on","fault":"{{fault}}","after":1}"""));

        Assert.Single(result["errors"]!.AsArray());
    }

    private async Task<JsonNode> RunAsync(Caller caller, string script, string mode, string content)
    {
        Node.Needed();
        var ct = TestContext.Current.CancellationToken;
        await using var node = Node.Start(
            script,
            [mode, content],
            [new("GATEWAY_URL", host.BaseAddress.AbsoluteUri), new("GATEWAY_KEY", host.Key(caller)), new("GATEWAY_MODEL", host.Model)]);

        Assert.Equal(0, await node.EndAsync(ct));
        return JsonNode.Parse(await node.LineAsync(static line => line.StartsWith('{'), ct))!;
    }
}
