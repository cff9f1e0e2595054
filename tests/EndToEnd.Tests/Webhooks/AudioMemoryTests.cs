using System.Net;
using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.Load;
using Tests.Shared.Azurite;

namespace EndToEnd.Tests.Webhooks;

/// <summary>A recording is streamed: its size is not to be seen in the process that passes it on.</summary>
[Collection(nameof(Alone))]
public sealed class AudioMemoryTests(GatewayHost host)
{
    private const int Megabyte = 1024 * 1024;

    // 37.5 MB of sound are 50 MB of base64.
    private const int Recording = 37_500_000;

    // Two blocks and more.
    private const int Small = 600_000;

    [Fact]
    public async Task Audio_Of50Megabytes_RaisesTheMemoryByLessThanFour()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The working set is read as Linux counts it.");
        await using var azurite = await AzuriteProcess.StartAsync();
        await using var server = await WebhookServer.StartAsync(host, [new("Storage__ConnectionString", azurite.ConnectionString)]);
        // The storage's assemblies are loaded, and what is hot is compiled anew, twice: memory that is taken once in the life of a process, as docs/performance.md tells. Small ones bring
        // that about. Not large ones: memory that one of those had taken would not be taken again by the next, and not be seen.
        for (var warm = 0; warm < 250; warm++) Assert.Equal(HttpStatusCode.OK, await server.SendAudioAsync($"warm_{warm}", Small));
        var before = server.Process.WorkingSet();
        var most = before;

        var status = await server.SendAudioAsync("conv_50", Recording, () => most = Math.Max(most, server.Process.WorkingSet()));
        most = Math.Max(most, server.Process.WorkingSet());

        Assert.Equal(HttpStatusCode.OK, status);
        TestContext.Current.SendDiagnosticMessage($"Working set {before / 1024} KiB, at most {(most - before) / 1024} KiB more.");
        Assert.InRange(most - before, long.MinValue, 4 * Megabyte);
    }
}
