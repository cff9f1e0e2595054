using Gateway;
using Gateway.CallStart;
using Gateway.EndUsers;
using Gateway.Memory;
using Server;

namespace Benchmarks.Hosts;

/// <summary>The endpoint in production with the start webhook switched on, and a memory that answers at once or never.</summary>
internal static class StartServer
{
    public const string Hangs = "hangs";

    public static async Task<WebApplication> BuildAsync(Uri upstream, string memory)
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
            builder.Services.AddSingleton<RecallForCall>(memory == Hangs ? HangAsync : AnswerAsync);
        });
        return server.App;
    }

    private static async Task<Recollection> HangAsync(EndUser user, string? conversationId, CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        return Recollection.Nothing;
    }

    private static Task<Recollection> AnswerAsync(EndUser user, string? conversationId, CancellationToken cancellationToken) =>
        Task.FromResult(new Recollection([new("preferred_name", "Zoë"), new("language", "de")], []));
}
