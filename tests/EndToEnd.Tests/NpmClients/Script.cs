using System.Text.Json.Nodes;
using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.Logs;
using EndToEnd.Tests.Turns;

namespace EndToEnd.Tests.NpmClients;

/// <summary>A script of <c>tests/clients</c>: a client in a process of its own, which tells in one line of JSON what it saw.</summary>
internal static class Script
{
    public const string Arguments = $$"""{"city":"{{Marker.Text}}"}""";

    /// <summary>A prompt that is answered with a call of the tool that the scripts offer.</summary>
    public static readonly string Call = Prompt.Script($$"""{"tool_calls":[{"id":"call_a","name":"get_weather","arguments":{{Arguments}},"pieces":5}]}""");

    /// <param name="host">The gateway that the client is pointed at.</param>
    /// <param name="caller">Whose key it presents.</param>
    /// <param name="script">The file.</param>
    /// <param name="mode">What it is to do.</param>
    /// <param name="content">What it asks.</param>
    public static async Task<JsonNode> RunAsync(this GatewayHost host, Caller caller, string script, string mode, string content)
    {
        Node.Needed();
        var ct = TestContext.Current.CancellationToken;
        await using var node = Node.Start(
            script,
            [mode, content],
            [new("GATEWAY_URL", host.BaseAddress.AbsoluteUri), new("GATEWAY_KEY", host.Key(caller)), new("GATEWAY_MODEL", host.Model)]);

        Assert.True(await node.EndAsync(ct) == 0, node.Output());
        return JsonNode.Parse(await node.LineAsync(static line => line.StartsWith('{'), ct))!;
    }
}
