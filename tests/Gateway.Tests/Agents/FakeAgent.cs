using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tests.Shared.KeyVault;

namespace Gateway.Tests.Agents;

/// <summary>
/// An agent that somebody has written: a few lines over real HTTP, without anything of Azure's. It says "Hello there." unless told otherwise, in chunks
/// with no more than a delta and a finish reason.
/// </summary>
internal sealed class FakeAgent : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<AgentRequest> _requests = Channel.CreateUnbounded<AgentRequest>();

    private FakeAgent(WebApplication app) => _app = app;

    /// <summary>The base URL that the gateway is given.</summary>
    public Uri Endpoint { get; private set; } = null!;

    /// <summary>How it answers.</summary>
    public Func<HttpContext, AgentRequest, Task> Answer { get; set; } = static (context, _) => SayAsync(context, "Hello", " there.");

    public static async Task<FakeAgent> StartAsync(bool tls = false)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (tls) listen.UseHttps(VaultCertificate.Value);
        }));
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var agent = new FakeAgent(app);
        app.Run(agent.HandleAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        agent.Endpoint = new UriBuilder(app.Urls.First()) { Host = "localhost", Path = "/agents/one/v1" }.Uri;
        return agent;
    }

    public static async Task SayAsync(HttpContext context, params string[] words)
    {
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        foreach (var word in words) await DeltaAsync(context, $$"""{"content":"{{word}}"}""");
        await DeltaAsync(context, "{}", "\"stop\"");
        await context.Response.WriteAsync("data: [DONE]\n\n", context.RequestAborted);
    }

    public static Task DeltaAsync(HttpContext context, string delta, string finish = "null") =>
        context.Response.WriteAsync($$"""data: {"choices":[{"index":0,"delta":{{delta}},"finish_reason":{{finish}}}]}""" + "\n\n", context.RequestAborted);

    public static Func<HttpContext, AgentRequest, Task> Fails(int status, string body = "") => (context, _) =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body);
    };

    /// <summary>The request that came next.</summary>
    public async Task<AgentRequest> NextRequestAsync() =>
        await _requests.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);

    /// <summary>Whether all requests that came were read by the test.</summary>
    public bool NoMoreRequests => !_requests.Reader.TryPeek(out _);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var headers = context.Request.Headers.ToDictionary(static header => header.Key, static header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var request = new AgentRequest(context.Request.Path, context.Request.Protocol, headers, await reader.ReadToEndAsync(context.RequestAborted));
        await _requests.Writer.WriteAsync(request);
        await Answer(context, request);
    }
}
