using System.Text;
using Gateway;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Simulation;

/// <summary>The gateway on simulated time and upstreams, without a server: a turn is a call of its handler.</summary>
internal sealed class SimulatedGateway : IAsyncDisposable
{
    public const string VoiceKey = TwoCallers.VoiceKey;
    public const string ApiKey = TwoCallers.ApiKey;

    private readonly ServiceProvider _services;

    private SimulatedGateway(ServiceProvider services, SimulatedClock time, SimulatedUpstream upstream) => (_services, Time, Upstream) = (services, time, upstream);

    public SimulatedClock Time { get; }

    public SimulatedUpstream Upstream { get; }

    public IServiceProvider Services => _services;

    /// <summary>Starts it with deployments <c>a</c>, <c>b</c>, … of one model.</summary>
    public static async Task<SimulatedGateway> StartAsync(
        int deployments, Func<string, int, SimulatedCall> answer, Dictionary<string, string?>? settings = null, ILoggerProvider? log = null, TimeSpan? age = null, Action<IServiceCollection>? add = null)
    {
        var time = new SimulatedClock();
        var upstream = new SimulatedUpstream(time, answer);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(Settings(deployments)).AddInMemoryCollection(settings ?? []).Build();
        var services = new ServiceCollection();
        services.AddMetrics();
        services.AddLogging(logging =>
        {
            if (log is not null) logging.AddProvider(log);
        });
        services.AddSingleton<IHostEnvironment>(new Development());
        services.AddSingleton<TimeProvider>(time);
        services.AddKeyedSingleton<HttpMessageHandler>(GatewayServices.UpstreamHttp, upstream);
        add?.Invoke(services);
        services.AddGateway(configuration);
        var provider = services.BuildServiceProvider();
        foreach (var hosted in provider.GetServices<IHostedService>()) await hosted.StartAsync(CancellationToken.None);
        // Old enough that a turn is not one of a cold start.
        time.Advance(age ?? TimeSpan.FromSeconds(10));
        return new SimulatedGateway(provider, time, upstream);
    }

    /// <summary>Begins a turn. It goes on when the clock is moved.</summary>
    public SimulatedTurn Begin(string json, string key = VoiceKey, string? conversationId = null, string? endUser = null)
    {
        var context = new DefaultHttpContext { RequestServices = _services };
        var bytes = Encoding.UTF8.GetBytes(json);
        context.Request.Method = "POST";
        context.Request.Body = new MemoryStream(bytes);
        context.Request.ContentLength = bytes.Length;
        context.Request.ContentType = "application/json";
        context.Request.Headers.Authorization = $"Bearer {key}";
        if (conversationId is not null) context.Request.Headers["x-conversation-id"] = conversationId;
        if (endUser is not null) context.Request.Headers["x-end-user"] = endUser;
        return new SimulatedTurn(context, Time, _services.GetRequiredService<ChatCompletionsHandler>());
    }

    /// <summary>Lets time pass.</summary>
    public void Pass(int milliseconds) => Time.Advance(TimeSpan.FromMilliseconds(milliseconds));

    /// <summary>Moves the clock, step by step, until the turn has ended: where something of it runs on other threads, that gets the time to.</summary>
    public async Task<SimulatedTurn> FinishAsync(SimulatedTurn turn, int stepMs = 10)
    {
        for (var elapsed = 0; !turn.Task.IsCompleted; elapsed += stepMs)
        {
            if (elapsed > 300_000) throw new TimeoutException("The turn does not end.");
            Pass(stepMs);
        }

        await turn.Task;
        return turn;
    }

    public async Task<SimulatedTurn> RunAsync(string json, string key = VoiceKey, string? conversationId = null, string? endUser = null) =>
        await FinishAsync(Begin(json, key, conversationId, endUser));

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    private static Dictionary<string, string?> Settings(int deployments)
    {
        var settings = TwoCallers.Settings(Enumerable.Range(0, deployments).Select(static i => (char)('a' + i)).Select(static name => ($"{name}", $"https://{name}.example")));
        settings["Callers:0:Language"] = "en";
        return settings;
    }

    private sealed class Development : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = Environments.Development;

        public string ApplicationName { get; set; } = "simulation";

        public string ContentRootPath { get; set; } = "";

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
