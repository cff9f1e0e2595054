using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.Logs;
using EndToEnd.Tests.Turns;

namespace EndToEnd.Tests.NpmClients;

/// <summary>The official client for JavaScript, which most callers use.</summary>
public sealed class OpenAIClientTests(GatewayHost host)
{
    [Theory]
    [InlineData(Caller.Voice)]
    [InlineData(Caller.Api)]
    public async Task Stream_HasTextAndFinishAndNoUsage(Caller caller)
    {
        host.NeedsEmulator();

        var result = await host.RunAsync(caller, "openai.mjs", "stream", Prompt.Script($$"""{"text":"{{Marker.Text}} one two"}"""));

        Assert.Equal($"{Marker.Text} one two", (string?)result["text"]);
        Assert.Equal("""["stop"]""", result["finish"]!.ToJsonString());
        Assert.Null(result["usage"]);
        // Role, three words, finish: nothing of Azure's.
        Assert.Equal(5, (int?)result["chunks"]);
    }

    [Fact]
    public async Task StreamWithUsage_EndsWithIt()
    {
        var result = await host.RunAsync(Caller.Api, "openai.mjs", "usage", $"Hello, {Marker.Text}.");

        Assert.Equal(0, (int?)result["choices"]);
        Assert.Equal((int)result["usage"]!["total_tokens"]!, (int)result["usage"]!["prompt_tokens"]! + (int)result["usage"]!["completion_tokens"]!);
    }

    [Theory]
    [InlineData(Caller.Voice)]
    [InlineData(Caller.Api)]
    public async Task Tools_AreAccumulated(Caller caller)
    {
        host.NeedsEmulator();

        var result = await host.RunAsync(caller, "openai.mjs", "tools", Script.Call);

        Assert.Equal("tool_calls", (string?)result["finish"]);
        Assert.Equal(["call_a", "get_weather", Script.Arguments], Assert.Single(result["calls"]!.AsArray())!.AsArray().Select(static value => (string?)value));
    }

    [Theory]
    [InlineData(Caller.Voice)]
    [InlineData(Caller.Api)]
    public async Task RunTools_CallsTheToolAndGetsItsAnswer(Caller caller)
    {
        host.NeedsEmulator();

        var result = await host.RunAsync(caller, "openai.mjs", "round", Script.Call);

        Assert.Equal(Script.Arguments, Assert.Single(result["seen"]!.AsArray())!.ToJsonString());
        Assert.NotEmpty((string)result["text"]!);
    }

    [Fact]
    public async Task Whole_HasTextUsageAndRequestId()
    {
        host.NeedsEmulator();

        var result = await host.RunAsync(Caller.Api, "openai.mjs", "whole", Prompt.Script($$"""{"text":"{{Marker.Text}} one two"}"""));

        Assert.Equal(($"{Marker.Text} one two", "stop"), ((string?)result["text"], (string?)result["finish"]));
        Assert.Equal(3, (int?)result["usage"]!["completion_tokens"]);
        Assert.StartsWith("req_", (string)result["requestId"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_AreListedAndFound()
    {
        var result = await host.RunAsync(Caller.Api, "openai.mjs", "models", "");

        Assert.Equal(host.Model, (string?)result["one"]);
        Assert.Contains(host.Model, result["listed"]!.AsArray().Select(static id => (string?)id));
    }

    [Fact]
    public async Task Abort_LeavesTheServerHealthy()
    {
        host.NeedsEmulator();

        var result = await host.RunAsync(Caller.Voice, "openai.mjs", "abort", Prompt.Script($$"""{"text":"{{Marker.Text}}","chunks":100000,"token_ms":20}"""));

        Assert.True((bool?)result["aborted"]);
        using var http = new GatewayHttp(host.BaseAddress, host.Key(Caller.Voice));
        Assert.Equal(200, (await http.TurnAsync($"Hello, {Marker.Text}.", TestContext.Current.CancellationToken)).Status);
    }

    [Theory]
    [InlineData("error", "upstream_error")]
    [InlineData("cut", "upstream_cut")]
    [InlineData("cut_reset", "upstream_cut")]
    [InlineData("no_end", "upstream_cut")]
    [InlineData("garbage", "upstream_invalid")]
    public async Task BrokenStream_Throws(string fault, string code)
    {
        host.NeedsEmulator();

        var result = await host.RunAsync(Caller.Api, "openai.mjs", "stream", Prompt.Script($$"""{"text":"{{Marker.Text}} and so on","token_ms":200,"fault":"{{fault}}","after":2}"""));

        Assert.Equal(("APIError", code), ((string?)result["error"], (string?)result["code"]));
    }

    [Theory]
    [InlineData("""{"status":400,"code":"content_filter"}""", "BadRequestError", "content_filter")]
    [InlineData("""{"status":429}""", "RateLimitError", "rate_limit_exceeded")]
    [InlineData("""{"status":503}""", "InternalServerError", "upstream_error")]
    public async Task UpstreamFails_ThrowsTheFittingError(string script, string error, string code)
    {
        host.NeedsEmulator();

        var result = await host.RunAsync(Caller.Api, "openai.mjs", "stream", Prompt.Script(script));

        Assert.Equal((error, code), ((string?)result["error"], (string?)result["code"]));
    }

    [Fact]
    public async Task AzureWithKeyHeaderAndApiVersion_IsAnswered()
    {
        host.NeedsEmulator();

        var result = await host.RunAsync(Caller.Api, "openai.mjs", "azure", Prompt.Script($$"""{"text":"{{Marker.Text}} one two"}"""));

        Assert.Equal($"{Marker.Text} one two", (string?)result["text"]);
    }
}
