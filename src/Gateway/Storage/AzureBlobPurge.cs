using System.Net;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Gateway.Storage;

/// <summary>
/// Deletes blobs with all that an account may have of them: versions, snapshots, what was deleted softly, and blocks that were never committed. One step makes what the next has
/// to delete (a blob becomes a version, a version a deleted one), so it lists until nothing is left but what the account does not let go of.
/// </summary>
/// <param name="container">Where they are.</param>
/// <param name="permanent">The same, by <see cref="PermanentDeletion"/>.</param>
/// <param name="time">The clock.</param>
internal sealed class AzureBlobPurge(BlobContainerClient container, BlobContainerClient permanent, TimeProvider time)
{
    // The blob, its version, what was deleted of that, and a look whether anything is left; twice, for who writes meanwhile.
    private const int MostPasses = 8;

    // What Azure allows, where it does not say for how long it keeps something.
    private const int LongestRetentionDays = 365;

    private const BlobStates Everything = BlobStates.Snapshots | BlobStates.Deleted | BlobStates.Version | BlobStates.Uncommitted;

    public async Task<PurgedBlobs> DeleteAsync(string prefix, CancellationToken cancellationToken)
    {
        HashSet<string> names = [];
        Dictionary<(string Name, string? Version, string? Snapshot), DateTimeOffset> kept = [];
        for (var pass = 1; pass <= MostPasses; pass++)
        {
            var left = await container.GetBlobsAsync(new GetBlobsOptions { Prefix = prefix, States = Everything }, cancellationToken).Where(item => !kept.ContainsKey(Key(item))).ToListAsync(cancellationToken);
            if (left.Count == 0) return new PurgedBlobs(names.Count, kept.Count, kept.Count == 0 ? null : kept.Values.Max());
            names.UnionWith(left.Select(static item => item.Name));

            // The blob itself goes with its snapshots; its versions can only go when it is gone.
            RequestFailedException? refusal = null;
            foreach (var item in left.OrderByDescending(IsCurrent))
            {
                try
                {
                    if (IsCurrent(item)) await DeleteCurrentAsync(item.Name, cancellationToken);
                    else if (!item.Deleted) await TryDeleteAsync(container, item, cancellationToken);
                    else if (Key(item) is (_, null, null) || !await TryDeleteAsync(permanent, item, cancellationToken))
                        kept[Key(item)] = time.GetUtcNow().AddDays((item.Properties.RemainingRetentionDays ?? LongestRetentionDays) + 1);
                }
                catch (RequestFailedException e) when (e.Status is (int)HttpStatusCode.Conflict or (int)HttpStatusCode.PreconditionFailed)
                {
                    // One that is held, by a lease, say, must not keep the others.
                    refusal = e;
                }
            }

            if (refusal is not null) throw refusal;
        }

        throw new StorageUnavailableException("Storage: blobs come back while they are deleted");
    }

    /// <summary>Whether an item of a list is the blob itself, and no copy of it.</summary>
    public static bool IsCurrent(BlobItem item) => !item.Deleted && Set(item.Snapshot) is null && (Set(item.VersionId) is null || item.IsLatestVersion == true);

    /// <summary>An id of a version or a snapshot; null where there is none.</summary>
    public static string? Set(string? value) => string.IsNullOrEmpty(value) ? null : value;

    /// <summary>A client of a blob, or of a copy of it.</summary>
    public static BlobBaseClient Client(BlobContainerClient container, string name, string? version, string? snapshot)
    {
        var blob = container.GetBlobBaseClient(name);
        return version is not null ? blob.WithVersion(version) : blob.WithSnapshot(snapshot);
    }

    private static (string Name, string? Version, string? Snapshot) Key(BlobItem item) => (item.Name, Set(item.VersionId), Set(item.Snapshot));

    private async Task DeleteCurrentAsync(string name, CancellationToken cancellationToken)
    {
        var blob = container.GetBlockBlobClient(name);
        if (await blob.DeleteIfExistsAsync(DeleteSnapshotsOption.IncludeSnapshots, cancellationToken: cancellationToken)) return;

        // Listed, and not there: blocks alone, which nothing ends before its time but a blob in their place.
        await blob.UploadAsync(Stream.Null, cancellationToken: cancellationToken);
        await blob.DeleteIfExistsAsync(DeleteSnapshotsOption.IncludeSnapshots, cancellationToken: cancellationToken);
    }

    /// <summary>False where the account does not do this: it keeps what was deleted softly (409), or its identity may not (403).</summary>
    private static async Task<bool> TryDeleteAsync(BlobContainerClient container, BlobItem item, CancellationToken cancellationToken)
    {
        try
        {
            await Client(container, item.Name, Set(item.VersionId), Set(item.Snapshot)).DeleteAsync(cancellationToken: cancellationToken);
            return true;
        }
        catch (RequestFailedException e) when (e.Status == (int)HttpStatusCode.NotFound)
        {
            // Went with the blob.
            return true;
        }
        catch (RequestFailedException e) when (item.Deleted && e.Status is (int)HttpStatusCode.Conflict or (int)HttpStatusCode.Forbidden)
        {
            return false;
        }
    }
}
