using Gateway.Storage;
using Microsoft.Extensions.Time.Testing;
using Tests.Shared.KeyVault;

namespace Gateway.Tests.Storage;

/// <summary>Blobs are deleted with all that an account may keep of them; what it does not let go of is told.</summary>
public sealed class BlobPurgeTests
{
    private const string Blob = "agent_1/2026/11/22/conv_1.json";
    private const string Prefix = "agent_1/2026/11/22/conv_1.";

    // Begins as the other's name does.
    private const string Other = "agent_1/2026/11/22/conv_11.json";

    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task Account_ThatLetsGo_HasNothingLeftOfThem(bool versions, bool softDelete)
    {
        using var account = new FakeBlobAccount(versions, softDelete, permanent: true);
        account.Write(Blob, times: 3);
        account.Snap(Blob);
        account.Stage(Prefix + "mp3");
        account.Write(Other);

        var purged = await PurgeAsync(account);

        Assert.Equal([Other + " Current"], account.Left);
        Assert.Equal(new PurgedBlobs(Deleted: 2, Kept: 0, KeptUntil: null), purged);
        // Only what was deleted softly before can be deleted for good.
        Assert.Equal(softDelete ? account.Deletions.Count(static deletion => deletion.Contains("versionid=", StringComparison.Ordinal) || deletion.Contains("snapshot=", StringComparison.Ordinal)) / 2 : 0, account.Deletions.Count(static deletion => deletion.Contains("&deletetype=permanent", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Account_ThatKeepsVersions_IsToldWithTheTimeWhenTheyEnd()
    {
        using var account = new FakeBlobAccount(versions: true, softDelete: true, permanent: false);
        account.Write(Blob, times: 2);
        account.Write(Other);

        Assert.Equal(new PurgedBlobs(Deleted: 1, Kept: 2, Now.AddDays(7)), await PurgeAsync(account));
        Assert.Equal([Blob + " Version deleted", Blob + " Version deleted", Other + " Current"], account.Left);
    }

    [Fact]
    public async Task Account_WithSoftDeleteAlone_KeepsTheBlobAndNoEarlierState()
    {
        using var account = new FakeBlobAccount(versions: false, softDelete: true, permanent: true);
        account.Write(Blob, times: 3);
        account.Snap(Blob);

        Assert.Equal(new PurgedBlobs(Deleted: 1, Kept: 1, Now.AddDays(7)), await PurgeAsync(account));
        Assert.Equal([Blob + " Current deleted"], account.Left);
    }

    [Fact]
    public async Task Blob_ThatWasDeletedBefore_IsDeletedForGood()
    {
        using var account = new FakeBlobAccount(versions: true, softDelete: true, permanent: true);
        account.Write(Blob, times: 2);
        account.Delete(Blob);

        Assert.Equal(new PurgedBlobs(Deleted: 1, Kept: 0, KeptUntil: null), await PurgeAsync(account));
        Assert.Empty(account.Left);
    }

    private static Task<PurgedBlobs> PurgeAsync(FakeBlobAccount account) => AzureStorage
        .Create(new StorageOptions { Uri = new Uri("https://stcalls.blob.core.windows.net") }, () => new FakeCredential("x"), account, new FakeTimeProvider(Now))
        .PurgeAsync(Prefix, TestContext.Current.CancellationToken);
}
