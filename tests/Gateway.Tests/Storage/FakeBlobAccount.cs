using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Web;

namespace Gateway.Tests.Storage;

/// <summary>
/// A storage account with what Azurite has not: versions, soft delete, permanent deletion. By the reference of List Blobs and Delete Blob, and of as much as is needed to delete.
/// </summary>
internal sealed class FakeBlobAccount(bool versions, bool softDelete, bool permanent) : HttpMessageHandler
{
    private readonly ConcurrentQueue<string> _asked = [];
    private readonly List<Copy> _copies = [];
    private readonly Lock _lock = new();
    private int _made;

    /// <summary>The deletions, by path and query.</summary>
    public string[] Deletions => [.. _asked];

    /// <summary>What there is, by name and what it is.</summary>
    public string[] Left => [.. _copies.Select(static copy => $"{copy.Name} {copy.Kind}{(copy.IsDeleted ? " deleted" : "")}").Order(StringComparer.Ordinal)];

    /// <summary>Writes a blob, as often as said: each time but the last leaves what the account keeps of it.</summary>
    public void Write(string name, int times = 1)
    {
        for (; times > 0; times--)
        {
            var before = _copies.Find(copy => copy.Name == name && copy.Kind == Kind.Current);
            if (before is not null && versions) before.Kind = Kind.Version;
            else if (before is not null && softDelete) (before.Kind, before.Id, before.IsDeleted) = (Kind.Snapshot, Next(), true);
            else if (before is not null) _copies.Remove(before);
            _copies.RemoveAll(copy => copy.Name == name && copy.Kind == Kind.Blocks);
            _copies.Add(new Copy(name, Kind.Current) { Id = versions ? Next() : null });
        }
    }

    /// <summary>Deletes a blob as anybody may.</summary>
    public void Delete(string name) => Delete(name, id: null, isPermanent: false);

    /// <summary>Takes a snapshot.</summary>
    public void Snap(string name) => _copies.Add(new Copy(name, Kind.Snapshot) { Id = Next() });

    /// <summary>Sends a block that nobody commits.</summary>
    public void Stage(string name) => _copies.Add(new Copy(name, Kind.Blocks));

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var query = HttpUtility.ParseQueryString(request.RequestUri!.Query);
        lock (_lock)
        {
            if (!request.RequestUri.Host.Contains(".blob.", StringComparison.Ordinal)) return Answer(HttpStatusCode.NoContent);
            if (query["restype"] == "container") return query["comp"] == "list" ? List(query["prefix"]!, query["include"]!.ToLowerInvariant().Split(',')) : Answer(HttpStatusCode.Created);
            var name = Uri.UnescapeDataString(request.RequestUri.AbsolutePath["/transcripts/".Length..]);
            if (request.Method == HttpMethod.Put)
            {
                Write(name);
                return Answer(HttpStatusCode.Created);
            }

            _asked.Enqueue(request.RequestUri.PathAndQuery);
            return Answer(Delete(name, query["versionid"] ?? query["snapshot"], query["deletetype"] == "permanent"));
        }
    }

    private HttpStatusCode Delete(string name, string? id, bool isPermanent)
    {
        var copy = _copies.Find(copy => copy.Name == name && (id is null ? copy is { Kind: Kind.Current, IsDeleted: false } : copy.Id == id));
        if (copy is null) return HttpStatusCode.NotFound;
        if (isPermanent && (!permanent || !copy.IsDeleted || id is null)) return HttpStatusCode.Conflict;
        if (id is not null && copy.Kind == Kind.Current) return HttpStatusCode.Forbidden;
        if (isPermanent) _copies.Remove(copy);
        else if (id is null && versions) copy.Kind = Kind.Version;
        else
        {
            foreach (var gone in _copies.Where(one => one == copy || (id is null && one.Name == name && one.Kind == Kind.Snapshot)).ToArray())
            {
                if (softDelete) gone.IsDeleted = true;
                else _copies.Remove(gone);
            }
        }

        return HttpStatusCode.Accepted;
    }

    private Task<HttpResponseMessage> List(string prefix, string[] include)
    {
        var xml = new StringBuilder("""<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="https://stcalls.blob.core.windows.net/" ContainerName="transcripts"><Blobs>""");
        foreach (var copy in _copies.Where(copy => copy.Name.StartsWith(prefix, StringComparison.Ordinal) && copy.IsShown(include)))
        {
            xml.Append($"<Blob><Name>{copy.Name}</Name>");
            if (copy.IsDeleted) xml.Append("<Deleted>true</Deleted>");
            if (copy.Kind == Kind.Snapshot) xml.Append($"<Snapshot>{copy.Id}</Snapshot>");
            else if (copy.Id is not null) xml.Append($"<VersionId>{copy.Id}</VersionId>");
            if (copy is { Kind: Kind.Current, Id: not null }) xml.Append("<IsCurrentVersion>true</IsCurrentVersion>");
            xml.Append("<Properties><Content-Length>3</Content-Length><BlobType>BlockBlob</BlobType>");
            if (copy.IsDeleted) xml.Append("<DeletedTime>Sun, 22 Nov 2026 11:00:00 GMT</DeletedTime><RemainingRetentionDays>6</RemainingRetentionDays>");
            xml.Append("</Properties></Blob>");
        }

        return Answer(HttpStatusCode.OK, new StringContent(xml.Append("</Blobs><NextMarker /></EnumerationResults>").ToString(), Encoding.UTF8, "application/xml"));
    }

    private string Next() => $"2026-11-22T10:00:{++_made:00}.0000000Z";

    private static Task<HttpResponseMessage> Answer(HttpStatusCode status, HttpContent? content = null)
    {
        var response = new HttpResponseMessage(status) { Content = content ?? new ByteArrayContent([]) };
        response.Headers.TryAddWithoutValidation("ETag", "\"0x8D\"");
        if (status == HttpStatusCode.NotFound) response.Headers.Add("x-ms-error-code", "BlobNotFound");
        response.Content.Headers.LastModified = new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);
        return Task.FromResult(response);
    }

    private enum Kind
    {
        Current,
        Version,
        Snapshot,
        Blocks,
    }

    private sealed class Copy(string name, Kind kind)
    {
        public string Name => name;

        public Kind Kind { get; set; } = kind;

        public string? Id { get; set; }

        public bool IsDeleted { get; set; }

        public bool IsShown(string[] include) => (!IsDeleted || include.Contains("deleted"))
            && (Kind switch { Kind.Version => include.Contains("versions"), Kind.Snapshot => include.Contains("snapshots"), Kind.Blocks => include.Contains("uncommittedblobs"), _ => true });
    }
}
