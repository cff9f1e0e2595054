using Emulator;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.ChatCompletions;

/// <summary>
/// An endpoint over real sockets whose turns' clock stands still until a test moves it: what happens without that happens at once, however busy
/// the machine is.
/// </summary>
internal sealed class FailoverHost : IAsyncDisposable
{
    private readonly FakeTimeProvider _time;
    private readonly GatewayHost _host;

    private FailoverHost(FakeTimeProvider time, GatewayHost host) => (_time, _host) = (time, host);

    /// <summary>How the upstream is reached where that could make a difference: its address, and the HTTP version spoken with it.</summary>
    public static TheoryData<string, string> Wires { get; } = new()
    {
        { "http://127.0.0.1:0", "1.1" },
        { "https://localhost:0", "1.1" },
        { "https://localhost:0", "2.0" },
    };

    public AzureOpenAIEmulator Emulator => _host.Emulator;

    public LogRecorder Log => _host.Log;

    public HttpClient Client => _host.Client;

    public IServiceProvider Services => _host.Services;

    public HangUpWatch HangUps { get; private init; } = null!;

    /// <summary>Starts it with deployments of these names, asked in this order.</summary>
    public static async Task<FailoverHost> StartAsync(string url, string version, string[] deployments, Dictionary<string, string?>? settings = null)
    {
        settings ??= [];
        // As they are by default: this clock moves by no machine's fault.
        settings.TryAdd("HedgePercent", "10");
        settings.TryAdd("Callers:0:FirstOutputTimeout", "00:00:03.5");
        for (var i = 0; i < deployments.Length; i++) settings[$"Deployments:{i}:HttpVersion"] = version;
        var time = new FakeTimeProvider();
        var hangUps = new HangUpWatch();
        var host = await GatewayHost.StartAsync(
            settings,
            new EmulatorOptions { Url = new Uri(url), AcceptedKeys = [GatewayHost.UpstreamKey] },
            services => services.AddSingleton<TimeProvider>(time).AddSingleton<IStartupFilter>(hangUps),
            deployments);
        // Old enough that a turn is not one of a cold start.
        time.Advance(TimeSpan.FromSeconds(10));
        return new FailoverHost(time, host) { HangUps = hangUps };
    }

    /// <summary>Lets time pass for the turns. What is due then happens, on this thread or another.</summary>
    public void Pass(TimeSpan time) => _time.Advance(time);

    public Task<Answer> SendAsync(string json, string key = GatewayHost.VoiceKey) => _host.SendAsync(json, key);

    public Task<EmulatedRequest> NextUpstreamRequestAsync() => _host.NextUpstreamRequestAsync();

    /// <summary>Whether all requests that the upstream has seen were read by the test.</summary>
    public bool NoMoreUpstreamRequests => !Emulator.Requests.TryPeek(out _);

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
