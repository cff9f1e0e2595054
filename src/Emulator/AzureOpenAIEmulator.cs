using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Emulator;

/// <summary>An Azure OpenAI over real HTTP that answers without a model.</summary>
public sealed class AzureOpenAIEmulator : IAsyncDisposable
{
    /// <summary>A host name that scripted errors name, so that a test can prove that nobody passes it on.</summary>
    public const string LeakedHost = "backend-17.emulator.invalid";

    /// <summary>A key that scripted errors quote; it opens nothing.</summary>
    public const string LeakedKey = "emulator-key-that-must-not-leak";

    // A test that never reads its journal must not fill the memory.
    private const int JournalCapacity = 4096;

    private readonly ServiceProvider _services;
    private readonly IServer _server;
    private readonly EmulatorApplication _application;
    private readonly TimeProvider _time;
    private readonly long _start;

    private AzureOpenAIEmulator(EmulatorOptions options)
    {
        _time = options.TimeProvider;
        _start = _time.GetTimestamp();
        var journal = Channel.CreateBounded<EmulatedRequest>(new BoundedChannelOptions(JournalCapacity) { FullMode = BoundedChannelFullMode.DropOldest });
        Requests = journal.Reader;
        Certificate = options.Url.Scheme == Uri.UriSchemeHttps ? NewCertificate() : null;
        _services = Configure(options).BuildServiceProvider();
        _server = _services.GetRequiredService<IServer>();
        _application = new(new ChatCompletions(this, options, options.Journal ? journal.Writer : null));
    }

    /// <summary>Where it listens, with the port it got.</summary>
    public Uri Endpoint { get; private set; } = null!;

    /// <summary>The certificate it made for itself; null without <c>https</c>.</summary>
    public X509Certificate2? Certificate { get; }

    /// <summary>What arrived at the chat completions, in order of arrival, each with its body. Holds the newest 4096; empty when <see cref="EmulatorOptions.Journal"/> is off.</summary>
    public ChannelReader<EmulatedRequest> Requests { get; }

    /// <summary>The answer to every request that brings no script of its own. Default: none, and the emulator makes conversation. May be set at any time.</summary>
    public EmulatorScript? Script { get; set; }

    /// <summary>Asked for the script of a request that brings none of its own; null means <see cref="Script"/>. May be set at any time.</summary>
    public Func<EmulatedRequest, EmulatorScript?>? ScriptFor { get; set; }

    /// <summary>Starts an emulator; it listens when the task completes.</summary>
    public static async Task<AzureOpenAIEmulator> StartAsync(EmulatorOptions? options = null)
    {
        options ??= new();
        var emulator = new AzureOpenAIEmulator(options);
        await emulator._server.StartAsync(emulator._application, CancellationToken.None);
        var address = new Uri(emulator._server.Features.Get<IServerAddressesFeature>()!.Addresses.First());
        emulator.Endpoint = new UriBuilder(options.Url.Scheme, options.Url.Host, address.Port).Uri;
        return emulator;
    }

    /// <summary>Stops at once: open connections are cut.</summary>
    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(new CancellationToken(canceled: true));
        await _services.DisposeAsync();
        Certificate?.Dispose();
    }

    internal TimeSpan Now() => _time.GetElapsedTime(_start);

    /// <summary>Kestrel and nothing around it: a host would bring logging, configuration and signal handlers of its own into the process.</summary>
    private IServiceCollection Configure(EmulatorOptions options)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        // A flush then waits until the socket took the bytes. Otherwise a reset could overtake what was written before it.
        builder.WebHost.UseSockets(sockets => sockets.MaxWriteBufferSize = 1);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.Http2.MaxStreamsPerConnection = 1000;
            // Stalls and bytes sent one by one are what it is for.
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            var isAddress = IPAddress.TryParse(options.Url.Host.Trim('[', ']'), out var address);
            kestrel.Listen(isAddress ? address! : options.Url.Host == "localhost" ? IPAddress.Loopback : IPAddress.Any, options.Url.Port, listen =>
            {
                listen.Protocols = options.Protocols;
                if (Certificate is not null)
                    listen.UseHttps(Certificate);
            });
        });
        return builder.Services;
    }

    private static X509Certificate2 NewCertificate()
    {
        // Not the options' clock: whoever validates the certificate does so by the system's.
        var now = TimeProvider.System.GetUtcNow();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(1));
        // Windows serves no certificate whose key lives in memory only.
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    }
}
