using System.Runtime.Versioning;
using System.Text;
using Gateway.Storage;

namespace Gateway.Tests.Storage;

/// <summary>What both kinds of storage do alike.</summary>
public sealed class StorageTests(Azurite azurite)
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<StoragePlace> Places => [StoragePlace.Azurite, StoragePlace.Folder];

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Blobs_ListedByPrefix_AreThoseInOrderAndGoneWhenDeleted(StoragePlace place)
    {
        await using var stored = await TemporaryStorage.CreateAsync(azurite, place);
        foreach (var name in new[] { "a/2026/conv_2.json", "a/2026/conv_1.mp3", "a/2026/conv_1.json", "a/2026/conv_11.json", "b/2026/conv_1.json" }) await WriteAsync(stored.Storage, name, name);

        Assert.Equal(["a/2026/conv_1.json", "a/2026/conv_1.mp3"], await stored.Storage.ListBlobsAsync("a/2026/conv_1.", Ct).Select(static blob => blob.Name).ToListAsync(Ct));
        Assert.Equal(5, await stored.Storage.ListBlobsAsync("", Ct).CountAsync(Ct));
        Assert.Empty(await stored.Storage.ListBlobsAsync("c/", Ct).ToListAsync(Ct));

        await stored.Storage.PurgeAsync("a/2026/conv_1.json", Ct);
        await stored.Storage.PurgeAsync("a/2026/conv_1.json", Ct);
        await stored.Storage.PurgeAsync("b/2026/conv_1.json", Ct);

        Assert.Equal([new("a/2026/conv_1.mp3"), new("a/2026/conv_11.json"), new("a/2026/conv_2.json")], await stored.Storage.ListBlobsAsync("", Ct).ToListAsync(Ct));
        Assert.Null(await stored.Storage.OpenAsync(new("a/2026/conv_1.json"), Ct));
        await using var content = await stored.Storage.OpenAsync(new("a/2026/conv_1.mp3"), Ct);
        using var reader = new StreamReader(content!);
        Assert.Equal("a/2026/conv_1.mp3", await reader.ReadToEndAsync(Ct));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Rows_Deleted_AreGoneAndTheOthersAreNot(StoragePlace place)
    {
        await using var stored = await TemporaryStorage.CreateAsync(azurite, place);
        await stored.Storage.SetAsync([.. Enumerable.Range(0, 30).Select(number => Row("p.1", $"k{number:00}")), Row("p.2", "k00")], Ct);

        Assert.Equal("of k07", (await stored.Storage.GetAsync("p.1", "k07", Ct))!.Values["Text"]);
        Assert.Equal(Row("p.1", "k07").Expires, (await stored.Storage.GetAsync("p.1", "k07", Ct))!.Expires);
        Assert.Null(await stored.Storage.GetAsync("p.1", "k99", Ct));
        Assert.Null(await stored.Storage.GetAsync("p.3", "k00", Ct));

        await stored.Storage.DeleteAsync("p.1", [.. Enumerable.Range(2, 40).Select(number => $"k{number:00}")], Ct);
        await stored.Storage.DeleteAsync("p.3", ["k00"], Ct);

        Assert.Equal(["k00", "k01"], await stored.Storage.ListAsync("p.1", null, null, Ct).Select(row => row.Key).ToListAsync(Ct));
        Assert.Equal(["k00"], await stored.Storage.ListAsync("p.2", null, null, Ct).Select(row => row.Key).ToListAsync(Ct));
    }

    [Fact]
    public async Task Folder_WithEverythingDeleted_HoldsNoFolderThatTellsOfIt()
    {
        await using var stored = await TemporaryStorage.CreateAsync(azurite, StoragePlace.Folder);
        await WriteAsync(stored.Storage, "a/2026/conv_1.json", "x");
        await stored.Storage.SetAsync([Row("user.1", "k")], Ct);

        await stored.Storage.PurgeAsync("a/2026/conv_1.json", Ct);
        await stored.Storage.DeleteAsync("user.1", ["k"], Ct);

        Assert.Equal(["uploads"], Directory.GetFileSystemEntries(stored.Folder, "*", SearchOption.AllDirectories).Select(Path.GetFileName));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Folder_ThatWasThere_KeepsItsModeAndGetsWhatNobodyElseCanRead()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Modes are Unix's.");
        const UnixFileMode ofTheUser = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        await using var stored = await TemporaryStorage.CreateAsync(azurite, StoragePlace.Folder);
        File.SetUnixFileMode(stored.Folder, ofTheUser);

        await WriteAsync(stored.Storage, "a/2026/conv_1.json", "x");
        await stored.Storage.SetAsync([Row("user.1", "k")], Ct);
        await using var unfinished = await stored.Storage.BeginAsync("a/2026/conv_2.json", "text/plain", Ct);

        Assert.Equal(ofTheUser, File.GetUnixFileMode(stored.Folder));
        var made = new DirectoryInfo(stored.Folder).GetFileSystemInfos("*", SearchOption.AllDirectories);
        Assert.Equal(3, made.OfType<FileInfo>().Count());
        Assert.All(made, static one => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | (one is DirectoryInfo ? UnixFileMode.UserExecute : 0), one.UnixFileMode));
    }

    private static StoredRow Row(string partition, string key) => new(partition, key, new DateTimeOffset(2026, 12, 22, 0, 0, 0, TimeSpan.Zero), new Dictionary<string, string> { ["Text"] = $"of {key}" });

    private static async Task WriteAsync(IStorage storage, string name, string content)
    {
        await using var upload = await storage.BeginAsync(name, "text/plain", Ct);
        await upload.StageAsync(Encoding.UTF8.GetBytes(content), Ct);
        await upload.CommitAsync(Ct);
    }
}
