using Gateway.Upstream;
using Microsoft.Extensions.DependencyInjection;
using Tests.Shared.KeyVault;

namespace Gateway.Tests.Agents;

/// <summary>The endpoint with a fake agent as its first deployment, <c>agent</c>, and a deployment of Azure behind it, <c>azure</c>, where a test names it.</summary>
internal sealed class AgentHost : IAsyncDisposable
{
    public const string AgentKey = "agent-key-0123456789";

    private AgentHost(GatewayHost gateway, FakeAgent agent) => (Gateway, Agent) = (gateway, agent);

    public GatewayHost Gateway { get; }

    public FakeAgent Agent { get; }

    public static async Task<AgentHost> StartAsync(
        Dictionary<string, string?>? settings = null, bool azure = false, bool tls = false, Action<IServiceCollection>? services = null)
    {
        var agent = await FakeAgent.StartAsync(tls);
        Dictionary<string, string?> all = new()
        {
            ["Deployments:0:Kind"] = "agent",
            ["Deployments:0:Endpoint"] = agent.Endpoint.AbsoluteUri,
            ["Deployments:0:KeySecret"] = "agent-key",
            ["Secrets:4:Name"] = "agent-key",
            ["Secrets:4:Value"] = AgentKey,
        };
        foreach (var (name, value) in settings ?? []) all[name] = value;
        var gateway = await GatewayHost.StartAsync(
            all,
            services: collection =>
            {
                if (tls) collection.AddKeyedSingleton<HttpMessageHandler>(GatewayServices.UpstreamHttp, (_, _) => Trusting());
                services?.Invoke(collection);
            },
            deployments: azure ? ["agent", "azure"] : ["agent"]);
        return new AgentHost(gateway, agent);
    }

    public Task<Answer> SendAsync(string json, string? conversation = null, string key = GatewayHost.VoiceKey)
    {
        var turn = GatewayHost.Turn(json, key);
        if (conversation is not null) turn.Headers.TryAddWithoutValidation("x-conversation-id", conversation);
        return Gateway.SendAsync(turn);
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Agent.DisposeAsync();
    }

    private static SocketsHttpHandler Trusting()
    {
        var handler = UpstreamHandler.Create();
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, presented, _, _) => presented!.GetCertHashString() == VaultCertificate.Value.GetCertHashString();
        return handler;
    }
}
