using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Tests.Shared.KeyVault;

namespace Gateway.Tests.ChatCompletions;

/// <summary>
/// Over HTTP/2 an answer may come, and end, while the request's body is still being sent. A buffer that goes back to the pool too early then
/// sends the prompt of the next turn upstream.
/// </summary>
public sealed class BodyBufferTests : IDisposable
{
    private const int StreamWindow = 128 * 1024;

    // More than the window, so that the body cannot have been sent before it is read.
    private const int PromptLength = 10 * StreamWindow;

    private readonly TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<string> _bodies = [];
    private readonly SemaphoreSlim _finished = new(0);

    public void Dispose() => _finished.Dispose();

    [Fact]
    public async Task Upstream_AnswersBeforeReading_NeverSeesBytesOfTheNextTurn()
    {
        await using var upstream = await StartUpstreamAsync();
        await using var host = await GatewayHost.StartAsync(new() { ["Deployments:0:Endpoint"] = upstream.Urls.First() }, services: TrustTheUpstream);

        string[] prompts = [.. "abcdef".Select(letter => new string(letter, PromptLength))];
        foreach (var prompt in prompts)
            Assert.True((await host.SendAsync($$"""{"stream":true,"messages":[{"role":"user","content":"{{prompt}}"}]}""")).IsDone);
        _read.SetResult();
        for (var i = 0; i < prompts.Length; i++) Assert.True(await _finished.WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken));

        Assert.Equal(prompts.Length, _bodies.Count);
        Assert.All(_bodies, body => Assert.Single(prompts, prompt => body.Contains(prompt[..1000], StringComparison.Ordinal)));
        Assert.Contains(_bodies, body => body.Length > PromptLength);
    }

    private static void TrustTheUpstream(IServiceCollection services) => services.AddKeyedSingleton<HttpMessageHandler>(GatewayServices.UpstreamHttp, (_, _) =>
    {
        var handler = Gateway.Upstream.UpstreamHandler.Create();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, presented, _, _) => presented!.GetCertHashString() == VaultCertificate.Value.GetCertHashString();
        return handler;
    });

    private async Task<WebApplication> StartUpstreamAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.Http2.InitialStreamWindowSize = StreamWindow;
            kestrel.Limits.Http2.InitialConnectionWindowSize = 100 * StreamWindow;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                listen.UseHttps(new HttpsConnectionAdapterOptions { ServerCertificate = VaultCertificate.Value });
            });
        });
        var app = builder.Build();
        app.Run(AnswerBeforeReadingAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    private async Task AnswerBeforeReadingAsync(HttpContext context)
    {
        context.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = null;
        context.Response.ContentType = "text/event-stream";
        await context.Response.WriteAsync("data: {\"id\":\"x\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n");
        await context.Response.CompleteAsync();
        await _read.Task;
        var body = new MemoryStream();
        try
        {
            await context.Request.Body.CopyToAsync(body);
        }
        catch (IOException)
        {
            // The gateway gave the rest of the body up; what came must still be of one turn.
        }

        _bodies.Enqueue(Encoding.UTF8.GetString(body.ToArray()));
        _finished.Release();
    }
}
