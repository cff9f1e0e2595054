using System.Net.Http.Headers;
using System.Text;
using Emulator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Simulation;

namespace Gateway.Tests;

/// <summary>
/// The endpoint on a real Kestrel and a free port, with an emulator of its own as upstream. Two callers: <c>voice</c> and <c>api</c>. One deployment,
/// <c>chat</c>, unless others are named, all of them on the one emulator.
/// </summary>
internal sealed class GatewayHost : IAsyncDisposable
{
    public const string VoiceKey = TwoCallers.VoiceKey;
    public const string ApiKey = TwoCallers.ApiKey;
    public const string UpstreamKey = TwoCallers.UpstreamKey;

    private readonly WebApplication _app;

    private GatewayHost(WebApplication app, AzureOpenAIEmulator emulator, LogRecorder log) => (_app, Emulator, Log) = (app, emulator, log);

    public AzureOpenAIEmulator Emulator { get; }

    public LogRecorder Log { get; }

    public Uri Address { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public IServiceProvider Services => _app.Services;

    public static async Task<GatewayHost> StartAsync(
        Dictionary<string, string?>? settings = null, EmulatorOptions? emulatorOptions = null, Action<IServiceCollection>? services = null, params string[] deployments)
    {
        var emulator = await AzureOpenAIEmulator.StartAsync(emulatorOptions ?? new EmulatorOptions { AcceptedKeys = [UpstreamKey] });
        var log = new LogRecorder();
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = Environments.Development });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(Settings(emulator.Endpoint, deployments is [] ? ["chat"] : deployments)).AddInMemoryCollection(settings ?? []);
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Debug);
        if (emulator.Certificate is { } certificate)
        {
            builder.Services.AddKeyedSingleton<HttpMessageHandler>(GatewayServices.UpstreamHttp, (_, _) =>
            {
                var handler = Upstream.UpstreamHandler.Create();
                handler.SslOptions.RemoteCertificateValidationCallback = (_, presented, _, _) => presented!.GetCertHashString() == certificate.GetCertHashString();
                return handler;
            });
        }

        services?.Invoke(builder.Services);
        builder.Services.AddGateway(builder.Configuration);
        var app = builder.Build();
        app.MapGateway();
        var host = new GatewayHost(app, emulator, log);
        try
        {
            await app.StartAsync(TestContext.Current.CancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            await emulator.DisposeAsync();
            throw;
        }

        host.Address = new Uri(app.Urls.First());
        host.Client = host.NewClient();
        return host;
    }

    public HttpClient NewClient() => new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Address, Timeout = TestTimeouts.Default };

    /// <summary>A turn's request, by the voice caller unless another key is given.</summary>
    public static HttpRequestMessage Turn(string json, string key = VoiceKey, string path = Routes.ChatCompletions) => new(HttpMethod.Post, path)
    {
        Content = new StringContent(json, Encoding.UTF8, "application/json"),
        Headers = { Authorization = new AuthenticationHeaderValue("Bearer", key) },
    };

    /// <summary>Sends a turn and reads the whole answer.</summary>
    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using (request)
        using (var response = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken))
        {
            var body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            return new Answer(response, Encoding.UTF8.GetString(body));
        }
    }

    public Task<Answer> SendAsync(string json, string key = VoiceKey) => SendAsync(Turn(json, key));

    /// <summary>The request that the upstream saw next.</summary>
    public async Task<EmulatedRequest> NextUpstreamRequestAsync() =>
        await Emulator.Requests.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
        await Emulator.DisposeAsync();
    }

    private static Dictionary<string, string?> Settings(Uri upstream, string[] deployments)
    {
        var settings = TwoCallers.Settings(deployments.Select(name => (name, upstream.AbsoluteUri)));
        // What the turn engine does by the clock would come into any answer on a machine that is busy enough: buffer words after 0.3 s in a young process, a second
        // call after 0.75, a fallback after 3.5.
        settings["Callers:0:BufferWords"] = "false";
        settings["Callers:0:FirstOutputTimeout"] = "00:01:00";
        settings["HedgePercent"] = "0";
        return settings;
    }
}
