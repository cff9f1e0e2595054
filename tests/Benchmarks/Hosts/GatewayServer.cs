using System.Globalization;
using System.Net.Sockets;
using Gateway;
using Gateway.Upstream;
using Server;

namespace Benchmarks.Hosts;

/// <summary>The endpoint as <c>src/Server</c> serves it in production, with three settings and its log; only Key Vault is not a real one.</summary>
internal static class GatewayServer
{
    /// <summary>The path of the number of connections that were made to an upstream over TLS so far.</summary>
    public const string Connections = "/benchmark/connections";

    private static int _connections;

    public static async Task<WebApplication> BuildAsync(Uri upstream, string httpVersion)
    {
        string[] settings =
        [
            "--environment=Production",
            "--urls=http://127.0.0.1:0",
            $"--Deployments:0:Name={VoiceRequest.Model}",
            $"--Deployments:0:Endpoint={upstream}",
            "--Deployments:0:KeySecret=upstream",
            $"--Deployments:0:HttpVersion={httpVersion}",
            "--KeyVault:Uri=https://benchmarks.vault.azure.net/",
        ];
        var server = await ServerApplication.BuildAsync(settings, builder =>
        {
            builder.Services.AddKeyedSingleton<HttpMessageHandler>(GatewayServices.AzureHttp, new KeyVaultStub());
            if (upstream.Scheme == Uri.UriSchemeHttps) builder.Services.AddKeyedSingleton<HttpMessageHandler>(GatewayServices.UpstreamHttp, CountingHandler());
        });
        server.App.MapGet(Connections, static context => context.Response.WriteAsync(_connections.ToString(CultureInfo.InvariantCulture)));
        return server.App;
    }

    /// <summary>The endpoint's own handler, which trusts the emulator's certificate and counts its connections.</summary>
    private static SocketsHttpHandler CountingHandler()
    {
        var handler = UpstreamHandler.Create();
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate?.Subject == Target.EmulatorSubject;
        handler.ConnectCallback = static async (connection, cancellationToken) =>
        {
            Interlocked.Increment(ref _connections);
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(connection.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        };
        return handler;
    }
}
