using System.Text;
using Gateway.ElevenLabs;
using Gateway.Memory;
using Gateway.Privacy;
using Gateway.Storage;
using Gateway.Tests.EndUsers;
using Gateway.Webhooks;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateway.Tests.Privacy;

/// <summary>The archive of calls and what deletes from it, over a storage that is given with each step.</summary>
internal sealed class InterruptedArchive : IDisposable
{
    private readonly Identities _identities = new();

    /// <summary>When the calls began.</summary>
    public DateTimeOffset Started => _identities.Time.GetUtcNow().AddHours(-1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ExpiredMemories Expired => new(new StorageOptions(), _identities.Time, NullLogger<ExpiredMemories>.Instance);

    public void Dispose() => _identities.Dispose();

    /// <summary>Stores an event; null where it could not be, and the webhook is answered 503.</summary>
    public async Task<WebhookOutcome?> TryStoreAsync(IStorage storage, string json, string matched = "")
    {
        try
        {
            return await StoreAsync(storage, json, matched);
        }
        catch (Exception e) when (e is StorageUnavailableException or OperationCanceledException)
        {
            return null;
        }
    }

    public async Task<WebhookOutcome> StoreAsync(IStorage storage, string json, string matched = "")
    {
        await using var delivery = Deliver(storage);
        Assert.Null(await delivery.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(json)), Ct) ?? delivery.Check());
        return await delivery.KeepAsync(matched, Ct);
    }

    /// <summary>A delivery of which everything is kept.</summary>
    public Delivery Deliver(IStorage storage)
    {
        var archive = Archive(storage, Tombstones(storage));
        return new Delivery(signature: null, new WebhookOptions { Enabled = true, KeepTranscripts = true, KeepAudio = true }, () => archive);
    }

    /// <summary>Deletes Anna.</summary>
    public async Task DeleteAsync(IStorage storage)
    {
        // Without ElevenLabs it asks for no secret and sends nothing.
        var traces = new EndUserTraces(storage, memories: null, new BuiltInMemory(new Lazy<IStorage>(storage), new StorageOptions(), Expired, _identities.Time), callers: [], _identities.Ids, secrets: null!, new ElevenLabsOptions(), http: null!, _identities.Time);
        var report = await new EndUserDeletion(traces, storage, Tombstones(storage), new CallRemoval(storage), NullLogger.Instance).DeleteAsync([Person.Anna.Id], traces.KeysOf([Person.Anna.Id])!, Ct);
        Assert.True(report.IsComplete);
    }

    /// <summary>Nothing but tombstones is in a folder.</summary>
    public static async Task AssertNothingAsync(string folder, string when)
    {
        var left = await WholeStorage.ReadFolderAsync(folder);
        Assert.All(left, entry => Assert.True(
            entry.Key is "uploads" or "index" || entry.Key.StartsWith(Path.Combine("index", "tombstone"), StringComparison.Ordinal), $"{when}, and there is {entry.Key}."));
    }

    private CallArchive Archive(IStorage storage, Tombstones tombstones)
    {
        var (removal, endUsers, options) = (new CallRemoval(storage), new CallEndUsers(_identities.Ids, _identities.Tokens), new StorageOptions());
        var expired = new ExpiredCalls(storage, removal, tombstones, Expired, options, _identities.Time, NullLogger<ExpiredCalls>.Instance);
        return new CallArchive(storage, options, endUsers, new ForgottenCalls(storage, tombstones, removal, endUsers), expired, _identities.Time);
    }

    private Tombstones Tombstones(IStorage storage) => new(storage, new StorageOptions(), _identities.Ids, _identities.Time);
}
