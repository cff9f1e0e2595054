using Gateway;
using Gateway.Storage;
using Server;

namespace Benchmarks.Hosts;

/// <summary>The endpoint in production with the start webhook switched on, and the built-in memory in the account of a connection string.</summary>
internal static class StartServer
{
    public static async Task<WebApplication> BuildAsync(Uri upstream, string connectionString)
    {
        string[] settings =
        [
            "--environment=Production",
            "--urls=http://127.0.0.1:0",
            $"--Deployments:0:Name={VoiceRequest.Model}",
            $"--Deployments:0:Endpoint={upstream}",
            "--Deployments:0:KeySecret=upstream",
            "--KeyVault:Uri=https://benchmarks.vault.azure.net/",
            "--Callers:0:Name=elevenlabs",
            "--Callers:0:Memory:Provider=BuiltIn",
            "--Webhooks:Enabled=true",
            "--Storage:Uri=https://benchmarks.blob.core.windows.net/",
            "--Callers:0:CallStart:Enabled=true",
            "--Callers:0:CallStart:DynamicVariables:0:Name=customer",
            "--Callers:0:CallStart:DynamicVariables:0:Value=<<memory.preferred_name|there>>",
            "--Callers:0:CallStart:FirstMessage=Hello <<memory.preferred_name|there>>, this is {{company}}!",
            "--Callers:0:CallStart:Language=<<memory.language|en>>",
            "--Callers:0:CallStart:ExtraBody={\"end_user\":\"<<end_user>>\"}",
        ];
        var server = await ServerApplication.BuildAsync(settings, builder =>
        {
            builder.Services.AddKeyedSingleton<HttpMessageHandler>(GatewayServices.AzureHttp, new KeyVaultStub());
            // In production an account is reached by identity, which Azurite takes over TLS alone.
            builder.Services.AddSingleton(new Lazy<IStorage>(() => AzureStorage.Create(
                new StorageOptions { ConnectionString = connectionString },
                static () => throw new InvalidOperationException("A connection string has its key."),
                new SocketsHttpHandler { UseProxy = false, UseCookies = false },
                TimeProvider.System)));
        });
        return server.App;
    }
}
