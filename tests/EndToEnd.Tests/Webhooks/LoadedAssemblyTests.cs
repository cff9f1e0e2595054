using System.Net;
using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.Turns;
using Tests.Shared.Azurite;

namespace EndToEnd.Tests.Webhooks;

/// <summary>The storage's assemblies are loaded by the first thing to keep: a start, and a turn, do without.</summary>
public sealed class LoadedAssemblyTests(GatewayHost host)
{
    [Fact]
    public async Task Storage_BeforeTheFirstWebhook_IsNotLoaded()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The files that a process has mapped are read as Linux lists them.");
        await using var azurite = await AzuriteProcess.StartAsync();
        await using var server = await WebhookServer.StartAsync(host, [new("Storage__ConnectionString", azurite.ConnectionString)]);
        using (var http = new GatewayHttp(server.Process.BaseAddress, host.OwnKey(Caller.Voice)))
        {
            var answer = await http.TurnAsync(Prompt.Script("""{"text":"Hello."}"""), TestContext.Current.CancellationToken);
            Assert.Equal(("Hello.", true), (answer.Text, answer.IsDone));
        }

        Assert.Contains("Azure.Core.dll", server.Process.Loaded());
        Assert.DoesNotContain(server.Process.Loaded(), IsStorage);
        // That of a memory's recalls: no caller has one.
        Assert.DoesNotContain("Microsoft.Extensions.Caching.Memory.dll", server.Process.Loaded());

        Assert.Equal(HttpStatusCode.OK, await server.SendAudioAsync("conv_1", 3000));
        Assert.Contains(server.Process.Loaded(), IsStorage);
    }

    private static bool IsStorage(string file) => file.StartsWith("Azure.Storage.", StringComparison.Ordinal) || file == "Azure.Data.Tables.dll";
}
