using System.Net;
using EndToEnd.Tests.Hosts;
using Server;

namespace EndToEnd.Tests.Webhooks;

/// <summary>A development machine with no storage configured.</summary>
public sealed class LocalStorageTests(GatewayHost host)
{
    private const string Says = "What is kept of calls goes to ";

    [Fact]
    public async Task Server_WithoutStorageAndAzurite_KeepsCallsInTheFolderThatItsStartNames()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Where a user's own data is kept is set by a variable on Linux.");
        using var home = new TempFolder();
        // No Node on this path.
        await using var server = await WebhookServer.StartAsync(host, [new("XDG_DATA_HOME", home.Path), new("PATH", home.Path)]);
        var said = await SaidAsync(server);

        Assert.StartsWith($"the folder {home.Path}", said, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await server.SendAudioAsync("conv_1", 3000));

        AssertPrivate(home);
        Assert.Equal(3000, new FileInfo(Path.Combine(said["the folder ".Length..].TrimEnd('.'), "blobs/agent_1/2026/11/22/conv_1.mp3")).Length);
    }

    [Fact]
    public async Task Server_WithoutStorageButWithAzurite_KeepsCallsThereFromOneStartToTheNext()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Where a user's own data is kept is set by a variable on Linux.");
        Assert.SkipWhen(LocalAzurite.Find() is null, "Azurite is not installed. With Node 20 or later: npm ci --prefix tests/azurite");
        using var home = new TempFolder();
        await using (var server = await WebhookServer.StartAsync(host, [new("XDG_DATA_HOME", home.Path)]))
        {
            var said = await SaidAsync(server);
            Assert.Matches($@"^Azurite \(http://127\.0\.0\.1:\d+/devstoreaccount1\), whose data is in the folder {home.Path}/\S+\.$", said);
            Assert.DoesNotContain("AccountKey", said, StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, await server.SendAudioAsync("conv_1", 3000));

            // Azurite does not look whether another writes its files.
            await Assert.ThrowsAsync<InvalidOperationException>(() => WebhookServer.StartAsync(host, [new("XDG_DATA_HOME", home.Path)]));
        }

        AssertPrivate(home);
        await using var again = await WebhookServer.StartAsync(host, [new("XDG_DATA_HOME", home.Path)]);

        Assert.Equal(HttpStatusCode.OK, await again.SendAudioAsync("conv_1", 3000));
        var line = await again.Process.LineAsync(static line => line.Contains("Webhook Duplicate", StringComparison.Ordinal) || line.Contains("Webhook Replayed", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Assert.Contains("conv_1", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_InterruptedInItsTerminal_HasAzuriteWriteAllThatWasStored()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Where a user's own data is kept is set by a variable on Linux.");
        Assert.SkipWhen(LocalAzurite.Find() is null, "Azurite is not installed. With Node 20 or later: npm ci --prefix tests/azurite");
        using var home = new TempFolder();
        await using (var server = await WebhookServer.StartAsync(host, [new("XDG_DATA_HOME", home.Path)]))
        {
            Assert.Equal(HttpStatusCode.OK, await server.SendAudioAsync("conv_1", 3000));

            var (exitCode, written) = await server.Process.InterruptAsync();

            Assert.Equal(0, exitCode);
            Assert.DoesNotContain("Error", written, StringComparison.Ordinal);
        }

        await using var again = await WebhookServer.StartAsync(host, [new("XDG_DATA_HOME", home.Path)]);
        Assert.Equal(HttpStatusCode.OK, await again.SendAudioAsync("conv_1", 3000));
        await again.Process.LineAsync(static line => line.Contains("Webhook Duplicate", StringComparison.Ordinal) || line.Contains("Webhook Replayed", StringComparison.Ordinal), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Server_WhoseFolderIsRelative_NamesAllOfIt()
    {
        using var home = new TempFolder();
        // Beside it is the folder that the server runs in.
        var relative = Path.Combine("..", Path.GetFileName(home.Path));
        await using var server = await WebhookServer.StartAsync(host, [new("Storage__Folder", relative)]);

        Assert.Equal($"the folder {home.Path}.", await SaidAsync(server));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Server_WithoutAKeyOfEndUsers_KnowsThemAgainAfterItsNextStart(bool isStorageConfigured)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Where a user's own data is kept is set by a variable on Linux.");
        using var home = new TempFolder();
        var adminKey = host.NewSecret("the admin key");
        KeyValuePair<string, string?>[] settings =
        [
            // No Node on this path, so that the storage is a folder in both cases. The key that the fixture gives is not given here.
            new("XDG_DATA_HOME", home.Path), new("PATH", home.Path), new("Secrets__2__Name", "another"),
            new("Privacy__Enabled", "true"), new("Secrets__4__Name", "admin-key"), new("Secrets__4__Value", adminKey),
        ];
        if (isStorageConfigured) settings = [.. settings, new("Storage__Folder", Path.Combine(home.Path, "elsewhere"))];
        await using (var server = await WebhookServer.StartAsync(host, settings)) Assert.Equal(HttpStatusCode.OK, await server.SendTranscriptAsync("conv_1", "anna-4711"));
        var key = new FileInfo(Path.Combine(home.Path, "elevenlabs-azure-openai", "end-user-key"));
        host.Logs.Forbid("the kept key", await File.ReadAllTextAsync(key.FullName, TestContext.Current.CancellationToken));

        await using var again = await WebhookServer.StartAsync(host, settings);
        var answer = await again.DeleteAsync("anna-4711", adminKey);

        Assert.StartsWith("""{"status":"deleted","deleted":{"conversations":1,""", answer, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, key.UnixFileMode);
    }

    [Fact]
    public async Task Server_WhoseMemoryIsAService_KeepsTheKeyOfEndUsersAlone()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Where a user's own data is kept is set by a variable on Linux.");
        using var home = new TempFolder();

        await using (await host.StartAsync(
            [new("XDG_DATA_HOME", home.Path), new("Secrets__2__Name", "another"), new("Webhooks__Enabled", "true"), new("Callers__0__Memory__Provider", "Zep"), new("Callers__0__Agents__0", "agent_1")],
            TestContext.Current.CancellationToken))
            Assert.Equal(["end-user-key"], Directory.GetFiles(home.Path, "*", SearchOption.AllDirectories).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Server_ThatKeepsNothing_WritesNothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Where a user's own data is kept is set by a variable on Linux.");
        using var home = new TempFolder();

        await using (await host.StartAsync([new("XDG_DATA_HOME", home.Path), new("Secrets__2__Name", "another"), new("Storage__Folder", Path.Combine(home.Path, "calls"))], TestContext.Current.CancellationToken))
            Assert.Empty(Directory.GetFileSystemEntries(home.Path));
    }

    private static void AssertPrivate(TempFolder home)
    {
        var made = new DirectoryInfo(home.Path).GetFileSystemInfos("*", SearchOption.AllDirectories);
        Assert.NotEmpty(made);
        Assert.All(made, static one => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | (one is DirectoryInfo ? UnixFileMode.UserExecute : 0), one.UnixFileMode));
    }

    private static async Task<string> SaidAsync(WebhookServer server) =>
        (await server.Process.LineAsync(static line => line.StartsWith(Says, StringComparison.Ordinal), TestContext.Current.CancellationToken))[Says.Length..];
}
