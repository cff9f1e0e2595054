using System.Net;
using System.Text.Json;
using Gateway.EndUsers;
using Gateway.Secrets;
using Microsoft.Extensions.Logging;

namespace Gateway.Memory;

/// <summary>
/// Remembers with Zep (https://help.getzep.com, API v2 of its product's version 3). An end user is a user of Zep's, each call a thread with its summary, and the facts are
/// the messages of one more thread. What is recalled is Zep's own context block, and the facts.
/// </summary>
/// <remarks>Metadata of users would hold facts as well, and is deprecated; and messages also reach Zep's graph.</remarks>
internal sealed class ZepMemory(MemoryService zep, TimeProvider time) : IMemory
{
    // What of the newest facts' messages is read: several for each name, because each change of a value is a message more.
    private const int FactMessages = 300;

    // Zep's limits, with room to spare: of one message, and of messages in a request.
    private const int LongestSummary = 4000;
    private const int MessagesAtOnce = 30;

    private const string Trust = "trust";
    private const string Signed = "signed";

    private const int GraphPage = 100;
    private const int GraphPages = 100;

    private static readonly Uri Endpoint = new("https://api.getzep.com");

    // Zep says 400 of a user or thread that is there already.
    private static readonly HttpStatusCode[] PresentIsFine = [HttpStatusCode.BadRequest, HttpStatusCode.Conflict];

    /// <summary>The memory of a caller who is configured to have it there.</summary>
    public static ZepMemory Create(MemoryOptions options, SecretStore secrets, HttpMessageHandler handler, TimeProvider time, ILogger log) =>
        new(new MemoryService("Zep", "Api-Key", options.Endpoint ?? Endpoint, options.ServiceKeySecret!, secrets, handler, time, log), time);

    public async Task<Recollection> RecallAsync(EndUser user, CancellationToken cancellationToken)
    {
        var thread = MemoryService.IdOf(user);
        var context = zep.SendAsync(HttpMethod.Get, $"api/v2/threads/{thread}/context", write: null, static json => Text(json, "context"), MemoryService.AbsentIsFine, cancellationToken);
        var facts = FactsAsync(thread, cancellationToken);
        await Task.WhenAll(context, facts);
        return new Recollection([.. KnownFact.Recall(await facts)], Lines(await context ?? ""));
    }

    public async Task RememberAsync(EndUser user, CallNotes call, CancellationToken cancellationToken)
    {
        // The summary last: it tells that the call is remembered.
        await AddFactsAsync(user, call.Facts, call.StartedAt, cancellationToken);
        var thread = $"{MemoryService.IdOf(user)}.{call.ConversationId}";
        if (call.Summary is not { Length: > 0 } summary || (await MessagesAsync(thread, last: 1, cancellationToken)).Count > 0) return;

        await MakeAsync(MemoryService.IdOf(user), thread, cancellationToken);
        await AddAsync(thread, [KnownFact.Cut(summary, LongestSummary)], "assistant", user.Trust == EndUserTrust.Signed, call.StartedAt, cancellationToken);
    }

    public Task RememberAsync(EndUser user, string name, string value, CancellationToken cancellationToken) =>
        AddFactsAsync(user, new Dictionary<string, string> { [name] = value }, time.GetUtcNow(), cancellationToken);

    // Zep deletes a user's threads and graph with the user.
    public Task DeleteAsync(EndUser user, CancellationToken cancellationToken) =>
        zep.SendAsync(HttpMethod.Delete, $"api/v2/users/{MemoryService.IdOf(user)}", write: null, MemoryService.AbsentIsFine, cancellationToken);

    public async Task ExportAsync(EndUser user, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        // All of it first: what fails half way must not leave half a JSON value.
        var id = MemoryService.IdOf(user);
        var profile = await zep.SendAsync(HttpMethod.Get, $"api/v2/users/{id}", write: null, static found => found, MemoryService.AbsentIsFine, cancellationToken);
        if (profile.ValueKind == JsonValueKind.Undefined)
        {
            json.WriteNullValue();
            return;
        }

        var threads = await zep.SendAsync(HttpMethod.Get, $"api/v2/users/{id}/threads", write: null, static found => Items(found), MemoryService.AbsentIsFine, cancellationToken) ?? [];
        List<(string Id, List<JsonElement> Messages)> conversations = [];
        foreach (var thread in threads.Select(static thread => thread.GetProperty("thread_id"u8).GetString()!))
            conversations.Add((thread, await AllMessagesAsync(thread, cancellationToken)));
        var nodes = await GraphAsync($"api/v2/graph/node/user/{id}", cancellationToken);
        var edges = await GraphAsync($"api/v2/graph/edge/user/{id}", cancellationToken);

        json.WriteStartObject();
        json.WritePropertyName("user"u8);
        profile.WriteTo(json);
        json.WriteStartArray("threads"u8);
        foreach (var (thread, messages) in conversations)
        {
            json.WriteStartObject();
            json.WriteString("thread_id"u8, thread);
            Write(json, "messages", messages);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        Write(json, "nodes", nodes);
        Write(json, "edges", edges);
        json.WriteEndObject();
    }

    private async Task AddFactsAsync(EndUser user, IReadOnlyDictionary<string, string> facts, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (facts.Count == 0) return;
        var thread = MemoryService.IdOf(user);
        var known = await FactsAsync(thread, cancellationToken);
        var isSigned = user.Trust == EndUserTrust.Signed;
        string[] changed =
        [
            .. facts.Where(fact => IsNews(known.Find(old => old.Is(fact.Key) && old.IsSigned == isSigned), fact, at))
                .Select(static fact => KnownFact.TextOf(fact.Key, fact.Value)),
        ];
        if (changed.Length == 0) return;
        if (known.Count == 0) await MakeAsync(thread, thread, cancellationToken);
        foreach (var some in changed.Chunk(MessagesAtOnce)) await AddAsync(thread, some, "user", isSigned, at, cancellationToken);
    }

    private static bool IsNews(KnownFact? old, KeyValuePair<string, string> fact, DateTimeOffset at) =>
        old is null || (old.At <= at && KnownFact.TextOf(fact.Key, fact.Value) != KnownFact.TextOf(old.Name, old.Value));

    /// <summary>What is known, newest first.</summary>
    private async Task<List<KnownFact>> FactsAsync(string thread, CancellationToken cancellationToken) =>
    [
        .. (await MessagesAsync(thread, FactMessages, cancellationToken))
            .Select(static message => KnownFact.Read(Text(message, "content") ?? "", IsSigned(message), At(message)))
            .OfType<KnownFact>()
            // Of two that were told at one moment the later one in the list, too: the sort is stable.
            .Reverse().OrderByDescending(static fact => fact.At),
    ];

    private async Task<List<JsonElement>> MessagesAsync(string thread, int last, CancellationToken cancellationToken) => (await NewestAsync(thread, last, cancellationToken)).Messages ?? [];

    /// <summary>All messages of a thread. Its newest until there are no more: Zep's documentation says of its cursor that there is one, and not where it points.</summary>
    private async Task<List<JsonElement>> AllMessagesAsync(string thread, CancellationToken cancellationToken)
    {
        for (var last = FactMessages; ; last *= 2)
        {
            var (messages, total) = await NewestAsync(thread, last, cancellationToken);
            if (messages is null) return [];
            if (messages.Count < last && messages.Count < total) throw NotAll();
            if (messages.Count < last || messages.Count == total) return messages;
        }
    }

    private Task<(List<JsonElement>? Messages, int? Total)> NewestAsync(string thread, int last, CancellationToken cancellationToken) => zep.SendAsync(
        HttpMethod.Get,
        $"api/v2/threads/{Uri.EscapeDataString(thread)}/messages?lastn={last}",
        write: null,
        static json => (
            Messages: json.TryGetProperty("messages"u8, out var messages) ? Items(messages) : (List<JsonElement>?)[],
            Total: json.TryGetProperty("total_count"u8, out var total) && total.ValueKind == JsonValueKind.Number ? total.GetInt32() : (int?)null),
        MemoryService.AbsentIsFine,
        cancellationToken);

    private static MemoryUnavailableException NotAll() => new("Zep: not all of it is to be had");

    /// <summary>Makes a user and a thread, where they are not there. That they are now shows with the messages.</summary>
    private async Task MakeAsync(string user, string thread, CancellationToken cancellationToken)
    {
        await zep.SendAsync(
            HttpMethod.Post, "api/v2/users", json => { json.WriteStartObject(); json.WriteString("user_id"u8, user); json.WriteEndObject(); }, PresentIsFine, cancellationToken);
        await zep.SendAsync(
            HttpMethod.Post,
            "api/v2/threads",
            json => { json.WriteStartObject(); json.WriteString("thread_id"u8, thread); json.WriteString("user_id"u8, user); json.WriteEndObject(); },
            PresentIsFine,
            cancellationToken);
    }

    private Task AddAsync(string thread, IReadOnlyList<string> contents, string role, bool isSigned, DateTimeOffset at, CancellationToken cancellationToken) => zep.SendAsync(
        HttpMethod.Post,
        $"api/v2/threads/{Uri.EscapeDataString(thread)}/messages",
        json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("messages"u8);
            foreach (var content in contents)
            {
                json.WriteStartObject();
                json.WriteString("role"u8, role);
                json.WriteString("content"u8, content);
                json.WriteString("created_at"u8, at);
                json.WriteStartObject("metadata"u8);
                json.WriteString(Trust, isSigned ? Signed : "phone");
                json.WriteEndObject();
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        },
        [],
        cancellationToken);

    private async Task<List<JsonElement>> GraphAsync(string path, CancellationToken cancellationToken)
    {
        List<JsonElement> all = [];
        for (var page = 0; page < GraphPages; page++)
        {
            var after = all.Count == 0 ? null : Text(all[^1], "uuid");
            var next = await zep.SendAsync(
                HttpMethod.Post,
                path,
                json =>
                {
                    json.WriteStartObject();
                    json.WriteNumber("limit"u8, GraphPage);
                    if (after is not null) json.WriteString("uuid_cursor"u8, after);
                    json.WriteEndObject();
                },
                static found => Items(found),
                MemoryService.AbsentIsFine,
                cancellationToken) ?? [];
            all.AddRange(next);
            if (next.Count < GraphPage) return all;
        }

        throw NotAll();
    }

    // One note for each line: of a block that is too long for the prompt its beginning is to be told, which is what matters most. Lines that only mark its parts say nothing.
    private static string[] Lines(string context) =>
        [.. context.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(static line => line is not ['<', .., '>'] and not ['#', ..])];

    private static List<JsonElement> Items(JsonElement array) => array.ValueKind == JsonValueKind.Null ? [] : [.. array.EnumerateArray()];

    private static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var text) ? text.GetString() : null;

    private static DateTimeOffset At(JsonElement message) =>
        message.TryGetProperty("created_at"u8, out var at) && at.ValueKind == JsonValueKind.String ? at.GetDateTimeOffset() : default;

    private static bool IsSigned(JsonElement message) =>
        message.TryGetProperty("metadata"u8, out var metadata) && metadata.ValueKind == JsonValueKind.Object && metadata.TryGetProperty(Trust, out var trust) && trust.ValueEquals(Signed);

    private static void Write(Utf8JsonWriter json, string name, List<JsonElement> items)
    {
        json.WriteStartArray(name);
        foreach (var item in items) item.WriteTo(json);
        json.WriteEndArray();
    }
}
