using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Gateway.EndUsers;
using Gateway.Storage;
using Gateway.Tests.Storage;
using Gateway.Webhooks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Webhooks;

/// <summary>The endpoint with the webhook switched on, and a storage of its own.</summary>
internal sealed class WebhookHost : IAsyncDisposable
{
    public const string Secret = "wsec_0123456789";
    public const string OldSecret = "wsec_old_0123456789";

    public static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryFolder _folder = new();
    private readonly string _name = "t" + Guid.NewGuid().ToString("N");
    private string? _connectionString;

    public GatewayHost Gateway { get; private set; } = null!;

    public FakeTimeProvider Time { get; } = new(Now);

    public CallArchive Archive => Gateway.Services.GetRequiredService<Lazy<CallArchive>>().Value;

    /// <summary>The calls of an agent by the index, on days from <paramref name="from"/> to <paramref name="to"/>.</summary>
    public Task<List<ArchivedCall>> CallsOfAgentAsync(string agent, DateOnly from, DateOnly to) => CallsAsync(CallRows.ByAgent(agent), from, to);

    /// <summary>The calls of an end user by the index.</summary>
    public Task<List<ArchivedCall>> CallsOfEndUserAsync(string id) => CallsAsync(CallRows.ByEndUser(Gateway.Services.GetRequiredService<EndUserIds>().KeyOf(id)!), DateOnly.MinValue, new DateOnly(2030, 1, 1));

    /// <summary>The calls of a day by the index, one for each of their events.</summary>
    public Task<List<ArchivedCall>> CallsOfDayAsync(DateOnly day) => CallsAsync(CallRows.ByDay, day, day);

    /// <summary>A setting that it runs with.</summary>
    public string? Setting(string name) => Gateway.Services.GetRequiredService<IConfiguration>()[name];

    /// <summary>Starts it. Everything is kept, unless the settings say otherwise.</summary>
    public static async Task<WebhookHost> StartAsync(Azurite azurite, StoragePlace place = StoragePlace.Azurite, Dictionary<string, string?>? settings = null) =>
        await StartAsync(place == StoragePlace.Azurite ? await azurite.ConnectionStringAsync() : null, settings);

    public static async Task<WebhookHost> StartAsync(string? connectionString, Dictionary<string, string?>? settings = null, Action<IServiceCollection>? services = null)
    {
        var host = new WebhookHost { _connectionString = connectionString };
        Dictionary<string, string?> all = new()
        {
            ["Webhooks:Enabled"] = "true",
            ["Webhooks:KeepTranscripts"] = "true",
            ["Webhooks:KeepAudio"] = "true",
            ["Storage:ConnectionString"] = connectionString,
            ["Storage:Folder"] = connectionString is null ? host._folder.Path : null,
            ["Storage:Container"] = host._name,
            ["Storage:Table"] = host._name,
            ["Secrets:10:Name"] = "elevenlabs-webhook",
            ["Secrets:10:Value"] = Secret,
            ["Secrets:11:Name"] = "elevenlabs-webhook",
            ["Secrets:11:Value"] = OldSecret,
        };
        foreach (var (name, value) in settings ?? []) all[name] = value;
        host.Gateway = await GatewayHost.StartAsync(all, services: added =>
        {
            added.AddSingleton<TimeProvider>(host.Time);
            services?.Invoke(added);
        });
        return host;
    }

    /// <summary>A signature of these bytes.</summary>
    public string Sign(ReadOnlySpan<byte> body, DateTimeOffset? at = null, string secret = Secret)
    {
        var time = (at ?? Time.GetUtcNow()).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.ASCII.GetBytes(time + "."), .. body];
        return $"t={time},v0={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed))}";
    }

    /// <summary>Sends a body, rightly signed unless a signature is given.</summary>
    public Task<Answer> SendAsync(byte[] body, string? signature = null, string contentType = "application/json")
    {
        var content = new ByteArrayContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(contentType) } };
        return SendAsync(content, signature ?? Sign(body));
    }

    public Task<Answer> SendAsync(string json, string? signature = null) => SendAsync(Encoding.UTF8.GetBytes(json), signature);

    public Task<Answer> SendAsync(HttpContent content, string? signature)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Routes.PostCallWebhook) { Content = content };
        if (signature is not null) request.Headers.TryAddWithoutValidation(WebhookSignature.Header, signature);
        return Gateway.SendAsync(request);
    }

    /// <summary>The names of everything that is stored: blobs, what was staged of them, rows of the index.</summary>
    public async Task<string[]> ContentsAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        List<string> names = [];
        if (_connectionString is null)
        {
            names.AddRange(Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_folder.Path, file)));
        }
        else
        {
            var container = new BlobContainerClient(_connectionString, _name);
            if (await container.ExistsAsync(ct))
            {
                await foreach (var blob in container.GetBlobsAsync(new GetBlobsOptions { States = BlobStates.Uncommitted }, ct)) names.Add("blobs/" + blob.Name);
            }

            var tables = new TableServiceClient(_connectionString);
            if (await tables.QueryAsync(table => table.Name == _name, cancellationToken: ct).AnyAsync(ct))
            {
                await foreach (var row in tables.GetTableClient(_name).QueryAsync<TableEntity>(cancellationToken: ct)) names.Add($"index/{row.PartitionKey}/{row.RowKey}.json");
            }
        }

        return [.. names.Order(StringComparer.Ordinal)];
    }

    /// <summary>A blob's content.</summary>
    public async Task<byte[]> ReadAsync(string blob)
    {
        if (_connectionString is null) return await File.ReadAllBytesAsync(Path.Combine(_folder.Path, "blobs", blob), TestContext.Current.CancellationToken);
        var content = await new BlobContainerClient(_connectionString, _name).GetBlobClient(blob).DownloadContentAsync(TestContext.Current.CancellationToken);
        return content.Value.Content.ToArray();
    }

    /// <summary>The media type that a blob was given.</summary>
    public async Task<string> ContentTypeAsync(string blob) =>
        (await new BlobContainerClient(_connectionString, _name).GetBlobClient(blob).GetPropertiesAsync(cancellationToken: TestContext.Current.CancellationToken)).Value.ContentType;

    /// <summary>Takes a lease of a blob that does not end: until it is released nobody can delete it.</summary>
    public async Task<BlobLeaseClient> LeaseAsync(string blob)
    {
        var lease = new BlobContainerClient(_connectionString, _name).GetBlobClient(blob).GetBlobLeaseClient();
        await lease.AcquireAsync(BlobLeaseClient.InfiniteLeaseDuration, cancellationToken: TestContext.Current.CancellationToken);
        return lease;
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        _folder.Dispose();
    }

    private Task<List<ArchivedCall>> CallsAsync(string partition, DateOnly from, DateOnly to)
    {
        var ct = TestContext.Current.CancellationToken;
        return Gateway.Services.GetRequiredService<Lazy<IStorage>>().Value.ListAsync(partition, CallRows.Text(from), CallRows.Text(to.AddDays(1)), ct).Select(CallRows.Call).ToListAsync(ct).AsTask();
    }
}
