using System.Net;
using EndToEnd.Tests.Hosts;

namespace EndToEnd.Tests.Webhooks;

/// <summary>A development machine with no storage configured.</summary>
public sealed class FolderTests(GatewayHost host)
{
    [Fact]
    public async Task Server_WithoutStorage_KeepsCallsInTheFolderThatItsStartNames()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Where a user's own data is kept is set by a variable on Linux.");
        using var home = new TempFolder();
        await using var server = await WebhookServer.StartAsync(host, [new("XDG_DATA_HOME", home.Path)]);
        const string Says = "What is kept of calls goes to the folder ";
        var folder = (await server.Process.LineAsync(static line => line.StartsWith(Says, StringComparison.Ordinal), TestContext.Current.CancellationToken))[Says.Length..].TrimEnd('.');

        Assert.StartsWith(home.Path, folder, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await server.SendAudioAsync("conv_1", 3000));

        Assert.Equal(3000, new FileInfo(Path.Combine(folder, "blobs/agent_1/2026/11/22/conv_1.mp3")).Length);
    }
}
