using System.Collections.Concurrent;
using System.Collections.Specialized;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Web;

namespace Gateway.Tests.Storage;

/// <summary>
/// A storage account with what Azurite has not: versions, soft delete, permanent deletion. By the reference of List Blobs, Get Blob and Delete Blob, and of as much as is needed to
/// delete and to export.
/// </summary>
/// <param name="versions">Whether it keeps versions.</param>
/// <param name="softDelete">Whether it deletes softly.</param>
/// <param name="permanent">Whether what was deleted softly can be deleted for good.</param>
/// <param name="others">Gets what is not for its blobs; null: that is answered with nothing.</param>
internal sealed class FakeBlobAccount(bool versions, bool softDelete, bool permanent, HttpMessageHandler? others = null) : HttpMessageHandler
{
    private readonly HttpMessageInvoker? _others = others is null ? null : new HttpMessageInvoker(others);
    private readonly Dictionary<string, byte[]> _staged = [];
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
        for (; times > 0; times--) Write(name, []);
    }

    /// <summary>Writes a blob.</summary>
    public void Write(string name, byte[] content)
    {
        var before = _copies.Find(copy => copy.Name == name && copy.Kind == Kind.Current);
        if (before is not null && versions) before.Kind = Kind.Version;
        else if (before is not null && softDelete) (before.Kind, before.Id, before.IsDeleted) = (Kind.Snapshot, Next(), true);
        else if (before is not null) _copies.Remove(before);
        _copies.RemoveAll(copy => copy.Name == name && copy.Kind == Kind.Blocks);
        _copies.Add(new Copy(name, Kind.Current, content) { Id = versions ? Next() : null });
    }

    /// <summary>Deletes a blob as anybody may.</summary>
    public void Delete(string name) => Delete(name, id: null, isPermanent: false);

    /// <summary>Deletes a version.</summary>
    public void Delete(string name, string version) => Delete(name, version, isPermanent: false);

    /// <summary>Takes a snapshot.</summary>
    public void Snap(string name) => _copies.Add(new Copy(name, Kind.Snapshot, _copies.Find(copy => copy.Name == name && copy.Kind == Kind.Current)!.Content) { Id = Next() });

    /// <summary>Sends a block that nobody commits.</summary>
    public void Stage(string name) => _copies.Add(new Copy(name, Kind.Blocks, []));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!request.RequestUri!.Host.Contains(".blob.", StringComparison.Ordinal)) return _others is null ? Answer(HttpStatusCode.NoContent) : await _others.SendAsync(request, cancellationToken);
        var content = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        lock (_lock) return Answer(request, HttpUtility.ParseQueryString(request.RequestUri.Query), content);
    }

    protected override void Dispose(bool disposing)
    {
        _others?.Dispose();
        base.Dispose(disposing);
    }

    private HttpResponseMessage Answer(HttpRequestMessage request, NameValueCollection query, byte[] content)
    {
        if (query["restype"] == "container") return query["comp"] == "list" ? List(query["prefix"]!, query["include"]!.ToLowerInvariant().Split(',')) : Answer(HttpStatusCode.Created);
        var name = Uri.UnescapeDataString(request.RequestUri!.AbsolutePath["/transcripts/".Length..]);
        if (request.Method == HttpMethod.Put)
        {
            if (query["comp"] == "block") _staged[name] = content;
            // The list has but one.
            else Write(name, query["comp"] == "blocklist" ? _staged[name] : content);
            return Answer(HttpStatusCode.Created);
        }

        if (request.Method != HttpMethod.Delete) return Read(name, query["versionid"] ?? query["snapshot"], request.Method == HttpMethod.Get);
        _asked.Enqueue(request.RequestUri.PathAndQuery);
        return Answer(Delete(name, query["versionid"] ?? query["snapshot"], query["deletetype"] == "permanent"));
    }

    private HttpResponseMessage Read(string name, string? id, bool isWithContent)
    {
        var copy = _copies.Find(copy => copy is { IsDeleted: false, Kind: not Kind.Blocks } && copy.Name == name && (id is null ? copy.Kind == Kind.Current : copy.Id == id));
        if (copy is null) return Answer(HttpStatusCode.NotFound);
        var response = Answer(isWithContent ? HttpStatusCode.PartialContent : HttpStatusCode.OK, new ByteArrayContent(copy.Content));
        response.Headers.Add("x-ms-blob-type", "BlockBlob");
        // Said, so that it is among the headers that the SDK reads.
        response.Content.Headers.ContentLength = copy.Content.Length;
        if (isWithContent) response.Content.Headers.ContentRange = new ContentRangeHeaderValue(0, copy.Content.Length - 1, copy.Content.Length);
        return response;
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

    private HttpResponseMessage List(string prefix, string[] include)
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

    private static HttpResponseMessage Answer(HttpStatusCode status, HttpContent? content = null)
    {
        var response = new HttpResponseMessage(status) { Content = content ?? new ByteArrayContent([]) };
        response.Headers.TryAddWithoutValidation("ETag", "\"0x8D\"");
        if (status == HttpStatusCode.NotFound) response.Headers.Add("x-ms-error-code", "BlobNotFound");
        response.Content.Headers.LastModified = new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);
        return response;
    }

    private enum Kind
    {
        Current,
        Version,
        Snapshot,
        Blocks,
    }

    private sealed class Copy(string name, Kind kind, byte[] content)
    {
        public string Name => name;

        public byte[] Content => content;

        public Kind Kind { get; set; } = kind;

        public string? Id { get; set; }

        public bool IsDeleted { get; set; }

        public bool IsShown(string[] include) => (!IsDeleted || include.Contains("deleted"))
            && (Kind switch { Kind.Version => include.Contains("versions"), Kind.Snapshot => include.Contains("snapshots"), Kind.Blocks => include.Contains("uncommittedblobs"), _ => true });
    }
}
