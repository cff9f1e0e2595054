using System.Text.Json.Nodes;
using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.Turns;

namespace EndToEnd.Tests.Aimock;

/// <summary>A server whose upstream is aimock, as three deployments: by the v1 path, by the dated one, and of a family that reasons.</summary>
public sealed class AimockGateway(GatewayHost host) : IAsyncLifetime
{
    public const string V1 = "by-v1";
    public const string Dated = "by-date";
    public const string Reasoning = "by-reasoning";

    private AimockProcess? _upstream;
    private ServerProcess? _server;

    public async ValueTask InitializeAsync()
    {
        // The tests skip.
        if (Node.Missing is not null) return;
        _upstream = await AimockProcess.StartAsync(CancellationToken.None);
        var key = host.NewSecret("the upstream's key");
        _server = await host.StartAsync(
            [
                new("Secrets__3__Name", "aimock"), new("Secrets__3__Value", key),
                .. Deployment(0, V1, "gpt-4o"),
                .. Deployment(1, Dated, "gpt-4o"), new("Deployments__1__ApiVersion", "2024-10-21"),
                .. Deployment(2, Reasoning, "gpt-5.4-mini"),
            ],
            CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        if (_upstream is not null) await _upstream.DisposeAsync();
    }

    /// <summary>The gateway.</summary>
    internal GatewayHttp Through(Caller caller) => new(_server!.BaseAddress, host.OwnKey(caller));

    /// <summary>The upstream itself.</summary>
    internal GatewayHttp Direct() => new(new Uri(_upstream!.Endpoint, "openai/"), "any");

    /// <summary>What the upstream noted of the turn that got this answer.</summary>
    internal async Task<JsonNode> SeenAsync(Answer answer, CancellationToken ct)
    {
        var id = Assert.Single(answer.Headers.GetValues("x-request-id"));
        return Assert.Single(await _upstream!.JournalAsync(ct), entry => (string?)entry!["headers"]!["x-ms-client-request-id"] == id)!;
    }

    private IEnumerable<KeyValuePair<string, string?>> Deployment(int number, string name, string model) =>
    [
        // Each is a model of its own here, and none stands in for another.
        new($"Models__{number}__Name", name),
        new($"Models__{number}__Deployments__0__Name", name),
        new($"Deployments__{number}__Name", name),
        new($"Deployments__{number}__Endpoint", _upstream!.Endpoint.AbsoluteUri),
        new($"Deployments__{number}__Model", model),
        new($"Deployments__{number}__KeySecret", "aimock"),
    ];
}
