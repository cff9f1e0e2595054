using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Gateway.ElevenLabs;
using Gateway.EndUsers;
using Gateway.Memory;
using Gateway.Storage;
using Gateway.Webhooks;

namespace Gateway.Privacy;

/// <summary>
/// All there is of end users, as a ZIP: <c>calls/</c> with the archive's blobs, <c>elevenlabs/</c> with what only ElevenLabs has, <c>memory/</c> with what callers remember, and
/// <c>index.json</c>, which says what is there. It is written as it is read. Its directory comes last, so that one that broke off is no ZIP.
/// </summary>
internal sealed class EndUserExport(EndUserTraces traces, IStorage storage)
{
    private const string Calls = "calls/";

    /// <summary>Finds what there is. Whatever can be found to be away is found here, while the answer can still say so.</summary>
    public async Task<ExportPlan> PlanAsync(IReadOnlyList<string> endUsers, IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        var calls = (await traces.CallsAsync(keys, cancellationToken)).Keys;
        List<(string Name, ReadOnlyMemory<byte> Json)> memories = [];
        HashSet<EndUser> inTable = [];
        foreach (var (memory, user) in traces.MemoriesOf(keys))
        {
            if (memory.Options.Provider == MemoryProvider.BuiltIn) inTable.Add(user);
            await AddAsync(memory.Provider, user, "");
        }

        // Of callers who have no memory in the table any more, or are none.
        foreach (var user in await traces.BuiltIn.FindAsync(keys, cancellationToken))
        {
            if (!inTable.Contains(user)) await AddAsync(traces.BuiltIn, user, ".built-in");
        }

        var client = traces.CoversElevenLabs ? traces.ElevenLabs() : null;
        var listed = client is null ? [] : await EndUserTraces.ConversationsAsync(client, endUsers, keys, cancellationToken);
        return new ExportPlan(
            [.. calls.Concat(listed.Select(static one => new ArchivedCall(one.AgentId, one.ConversationId, DateOnly.FromDateTime(one.Ended.UtcDateTime)))).DistinctBy(static call => call.ConversationId)],
            memories,
            client);

        async Task AddAsync(IMemory memory, EndUser user, string suffix)
        {
            var content = new ArrayBufferWriter<byte>();
            await using (var json = new Utf8JsonWriter(content)) await memory.ExportAsync(user, json, cancellationToken);
            memories.Add((string.Create(CultureInfo.InvariantCulture, $"memory/{user.Tenant}.{keys.Index().First(one => one.Item == user.Key).Index}{suffix}.json"), content.WrittenMemory));
        }
    }

    /// <summary>Writes it. Returns how many blobs there were, each copy of one as another.</summary>
    public async Task<int> WriteAsync(ExportPlan plan, Stream output, CancellationToken cancellationToken)
    {
        // Disposed when all went well, and not otherwise: that is what writes the directory.
        var zip = await ZipArchive.CreateAsync(output, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellationToken);
        List<ExportedCall> calls = [];
        foreach (var call in plan.Calls) calls.Add(await AddAsync(zip, call, plan.ElevenLabs, cancellationToken));
        foreach (var (name, json) in plan.Memories) await AddAsync(zip, name, new MemoryStream(json.ToArray()), cancellationToken);
        await AddAsync(zip, "index.json", Index(plan, calls), cancellationToken);
        await zip.DisposeAsync();
        return calls.Sum(static call => call.Files.Count(static name => name.StartsWith(Calls, StringComparison.Ordinal)));
    }

    private async Task<ExportedCall> AddAsync(ZipArchive zip, ArchivedCall call, ElevenLabsClient? elevenLabs, CancellationToken cancellationToken)
    {
        var exported = new ExportedCall(call);
        var days = await storage.ListAsync(CallRows.Events(call.ConversationId), from: null, before: null, cancellationToken).Select(CallRows.Day).ToListAsync(cancellationToken);
        foreach (var day in days.Append(call.Day).Distinct())
        {
            await foreach (var blob in storage.ListBlobsAsync(CallRows.Blobs(call with { Day = day }), cancellationToken))
            {
                // Not undeleted to be read: an export leaves everything as it is.
                if (blob.IsDeleted) exported.Unreadable.Add(blob);
                // Null: its time was up this moment.
                else if (await storage.OpenAsync(blob, cancellationToken) is { } content) exported.Files.Add(await AddAsync(zip, FileName(blob), content, cancellationToken));
            }
        }

        if (elevenLabs is null) return exported;
        if (!exported.Files.Exists(file => file.EndsWith($"/{call.ConversationId}.json", StringComparison.Ordinal))) await FetchAsync(elevenLabs.GetAsync, "json");
        if (!exported.Files.Exists(file => file.EndsWith($"/{call.ConversationId}.mp3", StringComparison.Ordinal))) await FetchAsync(elevenLabs.GetAudioAsync, "mp3");
        return exported;

        async Task FetchAsync(Func<string, CancellationToken, Task<HttpResponseMessage>> get, string kind)
        {
            try
            {
                using var response = await get(call.ConversationId, cancellationToken);
                exported.Files.Add(await AddAsync(zip, $"elevenlabs/{call.ConversationId}.{kind}", await response.Content.ReadAsStreamAsync(cancellationToken), cancellationToken));
            }
            catch (ElevenLabsException e) when (e.IsAbsent)
            {
                // They do not have it either.
            }
        }
    }

    private static async Task<string> AddAsync(ZipArchive zip, string name, Stream content, CancellationToken cancellationToken)
    {
        await using var source = content;
        var entry = zip.CreateEntry(name, name.EndsWith(".mp3", StringComparison.Ordinal) ? CompressionLevel.NoCompression : CompressionLevel.Fastest);
        await using var target = await entry.OpenAsync(cancellationToken);
        await source.CopyToAsync(target, cancellationToken);
        return name;
    }

    // A folder for the copies of a blob, of a name that no blob has; and Windows takes no colons.
    private static string FileName(StoredBlob blob)
    {
        return (blob.Snapshot, blob.Version) switch
        {
            ({ } snapshot, _) => Copy("snapshots", snapshot),
            (_, { } version) => Copy("versions", version),
            _ => Calls + blob.Name,
        };

        string Copy(string kind, string id) => $"{Calls}{blob.Name}.{kind}/{id.Replace(':', '-')}{Path.GetExtension(blob.Name)}";
    }

    private static MemoryStream Index(ExportPlan plan, List<ExportedCall> calls)
    {
        var content = new MemoryStream();
        using (var json = new Utf8JsonWriter(content))
        {
            json.WriteStartObject();
            json.WriteStartArray("conversations"u8);
            foreach (var exported in calls)
            {
                json.WriteStartObject();
                json.WriteString("agent_id"u8, exported.Call.AgentId);
                json.WriteString("conversation_id"u8, exported.Call.ConversationId);
                json.WriteString("day"u8, CallRows.Text(exported.Call.Day));
                json.WriteStartArray("files"u8);
                foreach (var name in exported.Files) json.WriteStringValue(name);
                json.WriteEndArray();
                WriteUnreadable(json, exported.Unreadable);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("memories"u8);
            foreach (var (name, _) in plan.Memories) json.WriteStringValue(name);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        content.Position = 0;
        return content;
    }

    // Under the names that their files would have.
    private static void WriteUnreadable(Utf8JsonWriter json, List<StoredBlob> blobs)
    {
        json.WriteStartArray("soft_deleted"u8);
        foreach (var blob in blobs)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, FileName(blob));
            if (blob.DeletedOn is { } time) json.WriteString("deleted_at"u8, time.UtcDateTime);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
