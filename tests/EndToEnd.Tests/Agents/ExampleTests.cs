using System.Text.RegularExpressions;
using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.Logs;
using EndToEnd.Tests.Turns;

namespace EndToEnd.Tests.Agents;

/// <summary>The example of docs/agents.md, run as it stands there, behind a gateway.</summary>
public sealed partial class ExampleTests(GatewayHost host)
{
    [Fact]
    public async Task Example_BehindTheGateway_AnswersAndKnowsItsConversation()
    {
        Node.Needed();
        var ct = TestContext.Current.CancellationToken;
        using var folder = new TempFolder();
        var key = host.NewSecret("the key of an agent");
        var document = await File.ReadAllTextAsync(Path.Combine(Built.Repository, "docs", "agents.md"), ct);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "agent.mjs"), Example().Match(document).Groups[1].Value, ct);
        await using var agent = RunningProcess.Start("node", ["agent.mjs"], folder.Path, [new("AGENT_KEY", key), new("PORT", "0")]);
        await using var gateway = await host.StartAsync(
            [
                new("Deployments__0__Name", "receptionist"), new("Deployments__0__Kind", "Agent"), new("Deployments__0__KeySecret", "receptionist-key"),
                new("Deployments__0__Endpoint", new Uri(await agent.AddressAsync(ct), "/v1").AbsoluteUri),
                new("Secrets__3__Name", "receptionist-key"), new("Secrets__3__Value", key),
            ],
            ct);
        using var http = new GatewayHttp(gateway.BaseAddress, host.OwnKey(Caller.Voice));

        var first = await AskAsync("conv_1");
        var second = await AskAsync("conv_1");
        var other = await AskAsync("conv_2");

        Assert.Equal([$"Turn 1. You said: {Marker.Text}", $"Turn 2. You said: {Marker.Text}", $"Turn 1. You said: {Marker.Text}"], [first.Text, second.Text, other.Text]);
        Assert.All([first, second, other], static answer => Assert.True(answer.IsDone));

        Task<Answer> AskAsync(string conversation)
        {
            var body = Prompt.Body(Marker.Text);
            body["elevenlabs_extra_body"] = new System.Text.Json.Nodes.JsonObject { ["conversation_id"] = conversation };
            return http.PostAsync(body.ToJsonString(), ct);
        }
    }

    [GeneratedRegex("```js\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}
