using Gateway.Storage;
using Tests.Shared.KeyVault;

namespace Gateway.Tests.Storage;

/// <summary>A storage account that answers nothing is unavailable to whatever asks it, and no failure that nobody foresaw.</summary>
public sealed class HangingStorageTests
{
    // Every try waits so long. What the account does answer, it answers at once.
    private static readonly TimeSpan NetworkTimeout = TimeSpan.FromMilliseconds(300);

    private static readonly StoredRow Row = new("p.1", "k", new DateTimeOffset(2026, 12, 22, 0, 0, 0, TimeSpan.Zero), new Dictionary<string, string>());

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("stage", "PUT blob")]
    [InlineData("commit", "PUT blob")]
    [InlineData("open", "HEAD blob")]
    [InlineData("list blobs", "GET blob")]
    [InlineData("purge", "GET blob")]
    [InlineData("get", "GET table")]
    [InlineData("set", "PUT table")]
    [InlineData("list", "GET table")]
    [InlineData("delete", "DELETE table")]
    [InlineData("send", "POST queue")]
    [InlineData("withdraw", "DELETE queue")]
    public async Task Account_ThatDoesNotAnswerAnOperation_IsTriedThreeTimesAndThenUnavailable(string operation, string request)
    {
        using var account = new HangingAccount();
        var storage = Storage(account);
        await using var upload = await storage.BeginAsync("a/b.json", "application/json", Ct);
        account.Hangs = true;

        var failure = await Assert.ThrowsAsync<StorageUnavailableException>(() => operation switch
        {
            "stage" => upload.StageAsync(new byte[100], Ct),
            "commit" => upload.CommitAsync(Ct),
            "open" => storage.OpenAsync(new("a/b.json"), Ct),
            "list blobs" => storage.ListBlobsAsync("a/", Ct).ToListAsync(Ct).AsTask(),
            "purge" => storage.PurgeAsync("a/", Ct),
            "get" => storage.GetAsync(Row.Partition, Row.Key, Ct),
            "set" => storage.SetAsync([Row], Ct),
            "list" => storage.ListAsync(Row.Partition, null, null, Ct).ToListAsync(Ct).AsTask(),
            "delete" => storage.DeleteAsync(Row.Partition, [Row.Key], Ct),
            "send" => storage.SendAsync(new BinaryData("x"), Ct),
            "withdraw" => storage.WithdrawAsync("id pop", Ct),
            _ => throw new ArgumentOutOfRangeException(nameof(operation)),
        });

        Assert.Equal("Storage: no answer in time", failure.Message);
        Assert.Equal([request, request, request], account.Unanswered);
    }

    [Fact]
    public async Task Account_ThatDoesNotAnswerWhoMakesItsContainer_IsUnavailable()
    {
        using var account = new HangingAccount { Hangs = true };

        var failure = await Assert.ThrowsAsync<StorageUnavailableException>(() => Storage(account).BeginAsync("a/b.json", "application/json", Ct));

        Assert.Equal("Storage: no answer in time", failure.Message);
        Assert.Equal(["POST table", "PUT blob", "PUT queue"], account.Unanswered.Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Operation_CancelledInOneOfItsTries_IsCancelledAndNotUnavailable(int attempt)
    {
        using var caller = new CancellationTokenSource();
        using var account = new HangingAccount { Hung = number => { if (number == attempt) caller.Cancel(); } };
        var storage = Storage(account);
        await storage.SetAsync([], Ct);
        account.Hangs = true;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => storage.GetAsync(Row.Partition, Row.Key, caller.Token));

        Assert.Equal(attempt, account.Unanswered.Count);
    }

    private static AzureStorage Storage(HangingAccount account) => AzureStorage.Create(
        new StorageOptions { Uri = new Uri("https://stcalls.blob.core.windows.net"), Queue = "calls" }, () => new FakeCredential("x"), account, TimeProvider.System, NetworkTimeout);
}
