using System.Globalization;
using Gateway.EndUsers;
using Gateway.Storage;

namespace Gateway.Privacy;

/// <summary>
/// What is left of who was deleted, so that what comes late does not bring them back: a row for an end user, and one for each of their calls, of an HMAC and a time alone. It ends
/// when nothing can come any more: ElevenLabs tells of a call for an hour, and whoever fetches calls goes back as far as they are kept. A retention that is raised later does not make it last longer.
/// </summary>
internal sealed class Tombstones(IStorage storage, StorageOptions options, EndUserIds ids, TimeProvider time)
{
    public const string Partition = "tombstone";

    private const string At = "At";

    // For clocks, and for a call that was under way.
    private static readonly TimeSpan Margin = TimeSpan.FromDays(1);

    /// <summary>Says that these end users were deleted, now.</summary>
    public Task SetUsersAsync(IEnumerable<string> keys, CancellationToken cancellationToken) => SetAsync(keys.Select(User), cancellationToken);

    /// <summary>Says that a call was deleted.</summary>
    public Task SetCallAsync(string conversationId, CancellationToken cancellationToken) => Call(conversationId) is { } key ? SetAsync([key], cancellationToken) : Task.CompletedTask;

    /// <summary>When an end user was deleted for the last time; null where they were not.</summary>
    public Task<DateTimeOffset?> FindUserAsync(string key, CancellationToken cancellationToken) => FindAsync(User(key), cancellationToken);

    /// <summary>When a call was deleted; null where it was not.</summary>
    public Task<DateTimeOffset?> FindCallAsync(string conversationId, CancellationToken cancellationToken) =>
        Call(conversationId) is { } key ? FindAsync(key, cancellationToken) : Task.FromResult<DateTimeOffset?>(null);

    /// <summary>Deletes those whose time is up.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var expired = await storage.ListAsync(Partition, from: null, before: null, cancellationToken).Where(row => row.Expires <= now).Select(static row => row.Key).ToListAsync(cancellationToken);
        await storage.DeleteAsync(Partition, expired, cancellationToken);
    }

    private static string User(string key) => $"user.{key}";

    // Not the id itself: whoever has it has the call at ElevenLabs.
    private string? Call(string conversationId) => ids.KeyOf($"conversation {conversationId}") is { } key ? $"call.{key}" : null;

    private Task SetAsync(IEnumerable<string> keys, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        Dictionary<string, string> values = new() { [At] = now.ToString("O", CultureInfo.InvariantCulture) };
        return storage.SetAsync([.. keys.Select(key => new StoredRow(Partition, key, now + options.Retention + Margin, values))], cancellationToken);
    }

    private async Task<DateTimeOffset?> FindAsync(string key, CancellationToken cancellationToken) =>
        await storage.GetAsync(Partition, key, cancellationToken) is { } row && row.Expires > time.GetUtcNow() ? DateTimeOffset.Parse(row.Values[At], CultureInfo.InvariantCulture) : null;
}
