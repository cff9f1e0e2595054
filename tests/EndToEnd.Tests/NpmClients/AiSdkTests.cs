using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.Logs;
using EndToEnd.Tests.Turns;

namespace EndToEnd.Tests.NpmClients;

/// <summary>The Vercel AI SDK, which runs the loop of tools by itself.</summary>
public sealed class AiSdkTests(GatewayHost host)
{
    [Theory]
    [InlineData(Caller.Voice)]
    [InlineData(Caller.Api)]
    public async Task StreamWithATool_CallsItAndGetsItsAnswer(Caller caller)
    {
        host.NeedsEmulator();

        var result = await host.RunAsync(caller, "ai-sdk.mjs", "stream", Script.Call);

        Assert.Equal("[]", result["errors"]!.ToJsonString());
        Assert.Equal(Script.Arguments, Assert.Single(result["seen"]!.AsArray())!.ToJsonString());
        Assert.NotEmpty((string)result["text"]!);
        Assert.Equal("stop", (string?)result["finish"]);
        Assert.True((int?)result["tokens"] > 0);
    }

    [Theory]
    [InlineData("error")]
    [InlineData("cut")]
    public async Task BrokenStream_ReportsAnError(string fault)
    {
        host.NeedsEmulator();

        var result = await host.RunAsync(Caller.Api, "ai-sdk.mjs", "stream", Prompt.Script($$"""{"text":"{{Marker.Text}} and so on","token_ms":200,"fault":"{{fault}}","after":2}"""));

        Assert.Single(result["errors"]!.AsArray());
    }
}
