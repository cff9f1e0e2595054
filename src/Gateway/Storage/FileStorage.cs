using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Gateway.Storage;

/// <summary>A folder of this machine, for development: blobs under their names, rows as a file each. It has no queue.</summary>
internal sealed class FileStorage(string folder) : IStorage
{
    private const string Extension = ".json";
    private const string ExpiresColumn = "Expires";

    /// <summary>Held by who makes a folder to put something into, and by who deletes empty ones.</summary>
    internal static readonly Lock Folders = new();

    public Task<IBlobUpload> BeginAsync(string name, string contentType, CancellationToken cancellationToken) =>
        Try<IBlobUpload>(() => new FileUpload(Temporary(), Path.Combine(folder, "blobs", name)));

    public Task<Stream?> OpenAsync(StoredBlob blob, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, "blobs", blob.Name);
        return Try<Stream?>(() => File.Exists(path) ? File.OpenRead(path) : null);
    }

    public async IAsyncEnumerable<StoredBlob> ListBlobsAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var blobs = Path.Combine(folder, "blobs");
        // The prefix's last part is the beginning of a name; what is before it is a folder.
        var below = Path.Combine(blobs, prefix[..(prefix.LastIndexOf('/') + 1)]);
        var names = await Try(() => Directory.Exists(below) ? Directory.GetFiles(below, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(blobs, file).Replace('\\', '/')).ToArray() : []);
        foreach (var name in names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)) yield return new StoredBlob(name);
    }

    public async Task<PurgedBlobs> PurgeAsync(string prefix, CancellationToken cancellationToken)
    {
        var deleted = 0;
        await foreach (var blob in ListBlobsAsync(prefix, cancellationToken)) deleted += await Try(() => Delete(Path.Combine(folder, "blobs", blob.Name))) ? 1 : 0;
        return new PurgedBlobs(deleted, Kept: 0, KeptUntil: null);
    }

    public Task<StoredRow?> GetAsync(string partition, string key, CancellationToken cancellationToken)
    {
        var path = RowPath(partition, key);
        return Try(() => File.Exists(path) ? Row(partition, key, File.ReadAllBytes(path)) : null);
    }

    public async Task SetAsync(IReadOnlyList<StoredRow> rows, CancellationToken cancellationToken)
    {
        foreach (var row in rows)
        {
            await using var upload = await Try(() => new FileUpload(Temporary(), RowPath(row.Partition, row.Key)));
            await upload.StageAsync(Json(row), cancellationToken);
            await upload.CommitAsync(cancellationToken);
        }
    }

    public async IAsyncEnumerable<StoredRow> ListAsync(string partition, string? from, string? before, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var directory = Partition(partition);
        var keys = await Try(() => Directory.Exists(directory) ? Directory.GetFiles(directory, "*" + Extension).Select(static file => Path.GetFileNameWithoutExtension(file)!).ToArray() : []);
        foreach (var key in keys.Where(key => string.CompareOrdinal(key, from) >= 0 && (before is null || string.CompareOrdinal(key, before) < 0)).Order(StringComparer.Ordinal))
        {
            if (await GetAsync(partition, key, cancellationToken) is { } row) yield return row;
        }
    }

    public Task DeleteAsync(string partition, IReadOnlyCollection<string> keys, CancellationToken cancellationToken) => Try(() =>
    {
        foreach (var key in keys) Delete(RowPath(partition, key));
        return true;
    });

    public Task<string?> SendAsync(BinaryData message, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    public Task WithdrawAsync(string receipt, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs a step on files, and makes one failure of all that it may throw.</summary>
    internal static Task<T> Try<T>(Func<T> step)
    {
        try
        {
            return Task.FromResult(step());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StorageUnavailableException($"Storage: the folder cannot be used ({e.GetType().Name})", e);
        }
    }

    private static byte[] Json(StoredRow row)
    {
        using var output = new MemoryStream();
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            json.WriteString(ExpiresColumn, row.Expires);
            foreach (var (name, value) in row.Values) json.WriteString(name, value);
            json.WriteEndObject();
        }

        return output.ToArray();
    }

    private static StoredRow Row(string partition, string key, byte[] content)
    {
        using var json = JsonDocument.Parse(content);
        var values = json.RootElement.EnumerateObject().ToDictionary(static value => value.Name, static value => value.Value.GetString()!);
        values.Remove(ExpiresColumn, out var expires);
        return new StoredRow(partition, key, DateTimeOffset.Parse(expires!, CultureInfo.InvariantCulture), values);
    }

    // And the folders that are empty without it: their names tell of what was in them.
    private bool Delete(string path)
    {
        lock (Folders)
        {
            if (!File.Exists(path)) return false;
            File.Delete(path);
            for (var above = Path.GetDirectoryName(path)!; above.Length > folder.Length && !Directory.EnumerateFileSystemEntries(above).Any(); above = Path.GetDirectoryName(above)!) Directory.Delete(above);
            return true;
        }
    }

    private string RowPath(string partition, string key) => Path.Combine(Partition(partition), key + Extension);

    private string Partition(string partition) => Path.Combine(folder, "index", partition);

    private string Temporary() => Path.Combine(folder, "uploads", Path.GetRandomFileName());
}
