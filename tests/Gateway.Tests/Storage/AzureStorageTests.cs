using System.Collections.Concurrent;
using System.Net;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Gateway.Storage;
using Tests.Shared.KeyVault;

namespace Gateway.Tests.Storage;

/// <summary>A storage account: as production reaches it, by its address and the process's identity, and when a part of it is deleted.</summary>
public sealed class AzureStorageTests(Azurite azurite)
{
    [Fact]
    public async Task Account_GivenByItsBlobEndpoint_IsReachedAtAllItsServicesWithTheIdentity()
    {
        using var account = new Account(HttpStatusCode.Forbidden);
        var credential = new FakeCredential("token-of-the-identity");
        var options = new StorageOptions { Uri = new Uri("https://stcalls.blob.core.windows.net"), Queue = "calls" };
        var storage = AzureStorage.Create(options, () => credential, account, TimeProvider.System);

        var failure = await Assert.ThrowsAsync<StorageUnavailableException>(() => storage.BeginAsync("a/b.json", "application/json", TestContext.Current.CancellationToken));

        Assert.Equal(
            ["https://stcalls.blob.core.windows.net/transcripts", "https://stcalls.queue.core.windows.net/calls", "https://stcalls.table.core.windows.net/Tables"],
            account.Asked.Select(asked => asked.Address).Distinct().Order(StringComparer.Ordinal));
        Assert.All(account.Asked, asked => Assert.Equal("Bearer token-of-the-identity", asked.Authorization));
        Assert.Contains("access denied", failure.Message, StringComparison.Ordinal);
        Assert.All(["Storage Blob Data Contributor", "Storage Table Data Contributor", "Storage Queue Data Contributor"], role => Assert.Contains(role, failure.Message, StringComparison.Ordinal));
        Assert.DoesNotContain("stcalls", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpStatusCode.ServiceUnavailable, "failing (HTTP 503")]
    [InlineData(null, "cannot be reached")]
    public async Task Account_ThatFails_IsTriedThreeTimesAndThenUnavailable(HttpStatusCode? status, string reason)
    {
        using var account = new Account(status);
        var storage = AzureStorage.Create(new StorageOptions { Uri = new Uri("https://stcalls.blob.core.windows.net") }, () => new FakeCredential("x"), account, TimeProvider.System);

        var failure = await Assert.ThrowsAsync<StorageUnavailableException>(() => storage.SetAsync([], TestContext.Current.CancellationToken));

        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
        Assert.Equal(3, account.Asked.Count(asked => asked.Address.Contains(".blob.", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("container")]
    [InlineData("table")]
    [InlineData("queue")]
    public async Task Account_WhosePartIsDeletedMeanwhile_HasItAgainAfterOneFailure(string part)
    {
        var ct = TestContext.Current.CancellationToken;
        var (connection, name) = (await azurite.ConnectionStringAsync(), "t" + Guid.NewGuid().ToString("N"));
        using var handler = new SocketsHttpHandler { UseProxy = false };
        var storage = AzureStorage.Create(new StorageOptions { ConnectionString = connection, Container = name, Table = name, Queue = name }, static () => throw new InvalidOperationException(), handler, TimeProvider.System);
        await StoreAsync();
        if (part == "container") await new BlobContainerClient(connection, name).DeleteAsync(cancellationToken: ct);
        else if (part == "table") await new TableClient(connection, name).DeleteAsync(ct);
        else await new QueueClient(connection, name).DeleteAsync(ct);

        await Assert.ThrowsAsync<StorageUnavailableException>(StoreAsync);

        await StoreAsync();

        async Task StoreAsync()
        {
            await using var upload = await storage.BeginAsync("a/b.json", "application/json", ct);
            await upload.StageAsync(new byte[] { 1 }, ct);
            await upload.CommitAsync(ct);
            await storage.SetAsync([new StoredRow("p", "k", DateTimeOffset.MaxValue, new Dictionary<string, string>())], ct);
            await storage.SendAsync(BinaryData.FromString("a/b.json"), ct);
        }
    }

    private sealed class Account(HttpStatusCode? status) : HttpMessageHandler
    {
        private readonly ConcurrentQueue<(string, string?)> _asked = [];

        public IReadOnlyCollection<(string Address, string? Authorization)> Asked => _asked;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            _asked.Enqueue((request.RequestUri!.GetLeftPart(UriPartial.Path), request.Headers.Authorization?.ToString()));
            return status is { } answer ? Task.FromResult(new HttpResponseMessage(answer)) : Task.FromException<HttpResponseMessage>(new HttpRequestException("stcalls is away"));
        }
    }
}
