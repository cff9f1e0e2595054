using System.Globalization;
using System.Text.Json;
using Gateway.EndUsers;
using Gateway.Secrets;
using Microsoft.Extensions.Logging;

namespace Gateway.Memory;

/// <summary>
/// Remembers with Mem0's platform (https://docs.mem0.ai, API v3). An end user is a <c>user_id</c> of Mem0's, each call a memory with its summary, each fact a memory that
/// is replaced when it changes. What is recalled is all that Mem0 has of the user, also what others have written there.
/// </summary>
/// <remarks>
/// Texts are stored as they are (<c>infer: false</c>): a summary is what a model made of a call already. Extraction runs later, so that a second delivery of a call could not
/// see the first, and it would make new sentences of the facts. The call's id is metadata and not a <c>run_id</c>, which would make an entity of each call.
/// </remarks>
internal sealed class Mem0Memory(MemoryService mem0, TimeProvider time) : IMemory
{
    /// <summary>How many calls somebody has, at least: what is beyond is deleted when something is written, as in the table.</summary>
    public const int MostCalls = BuiltInMemory.MostCalls;

    /// <summary>How many facts somebody has, as <see cref="MostCalls"/>.</summary>
    public const int MostFacts = BuiltInMemory.MostFacts;

    // The largest that Mem0 gives.
    private const int PageSize = 200;
    private const int Pages = 50;

    // Of what others have written there may be any number, and a turn waits for it.
    private const int PagesOfARecall = 5;

    // Each is a request. Twice what a call adds, and what a tool adds while somebody waits on the phone: there is less of it each time.
    private const int MostPrunedByACall = 2 * CallerMemory.MostFactsOfACall;
    private const int MostPrunedByAFact = 2;

    private const int LongestSummary = 4000;

    private const string Kind = "kind";
    private const string FactKind = "fact";
    private const string SummaryKind = "summary";
    private const string Trust = "trust";
    private const string Signed = "signed";
    private const string ConversationId = "conversation_id";
    private const string ToldAt = "told_at";

    private static readonly Uri Endpoint = new("https://api.mem0.ai");

    /// <summary>The memory of a caller who is configured to have it there.</summary>
    public static Mem0Memory Create(MemoryOptions options, SecretStore secrets, HttpMessageHandler handler, TimeProvider time, ILogger log) =>
        new(new MemoryService("Mem0", "Token", options.Endpoint ?? Endpoint, options.ServiceKeySecret!, secrets, handler, time, log), time);

    public async Task<Recollection> RecallAsync(EndUser user, CancellationToken cancellationToken)
    {
        var memories = (await ListAsync(MemoryService.IdOf(user), PagesOfARecall, isExport: false, cancellationToken)).OrderByDescending(static memory => memory.At).ToList();
        return new Recollection(
            [.. KnownFact.Recall(memories.Select(static memory => memory.Fact).OfType<KnownFact>())],
            [.. memories.Where(static memory => memory.Fact is null && memory.Text.Length > 0).Select(static memory => string.Create(CultureInfo.InvariantCulture, $"{memory.At:yyyy-MM-dd}: {memory.Text}"))]);
    }

    public async Task RememberAsync(EndUser user, CallNotes call, CancellationToken cancellationToken)
    {
        if (await PrunedAsync(user, MostPrunedByACall, cancellationToken) is not { } known) return;
        // The summary last: it tells that the call is remembered.
        await SetFactsAsync(user, known, call.Facts, call.StartedAt, cancellationToken);
        if (call.Summary is not { Length: > 0 } summary || known.Exists(memory => memory.ConversationId == call.ConversationId)) return;

        await AddAsync(user, [KnownFact.Cut(summary, LongestSummary)], SummaryKind, call.ConversationId, call.StartedAt, cancellationToken);
    }

    public async Task RememberAsync(EndUser user, string name, string value, CancellationToken cancellationToken)
    {
        if (await PrunedAsync(user, MostPrunedByAFact, cancellationToken) is not { } known) return;
        await SetFactsAsync(user, known, new Dictionary<string, string> { [name] = value }, time.GetUtcNow(), cancellationToken);
    }

    public async Task DeleteAsync(EndUser user, CancellationToken cancellationToken)
    {
        // The memories, and then the user. Mem0 does both in the background. The id is never "*", which would mean everybody.
        await mem0.SendAsync(HttpMethod.Delete, $"v1/memories/?user_id={MemoryService.IdOf(user)}", write: null, MemoryService.AbsentIsFine, cancellationToken);
        await mem0.SendAsync(HttpMethod.Delete, $"v2/entities/user/{MemoryService.IdOf(user)}/", write: null, MemoryService.AbsentIsFine, cancellationToken);
    }

    public async Task ExportAsync(EndUser user, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        // All of it first: what fails half way must not leave half a JSON value.
        var memories = await ListAsync(MemoryService.IdOf(user), Pages, isExport: true, cancellationToken);
        json.WriteStartArray();
        foreach (var memory in memories) memory.Json.WriteTo(json);
        json.WriteEndArray();
    }

    private async Task SetFactsAsync(EndUser user, List<Known> known, IReadOnlyDictionary<string, string> facts, DateTimeOffset at, CancellationToken cancellationToken)
    {
        List<string> added = [];
        foreach (var (name, value) in facts)
        {
            var text = KnownFact.TextOf(name, value);
            var old = known.Where(memory => memory.Fact is { } fact && fact.Is(name) && fact.IsSigned == (user.Trust == EndUserTrust.Signed)).MaxBy(static memory => memory.At);
            if (old is null) added.Add(text);
            else if (old.Text != text && old.At <= at) await ReplaceAsync(user, old.Id, text, at, cancellationToken);
        }

        if (added.Count > 0) await AddAsync(user, added, FactKind, conversationId: null, at, cancellationToken);
    }

    /// <summary>All that is known, less what is beyond the bounds of it; null where there is more than can be looked through, and what is there already would be added again.</summary>
    private async Task<List<Known>?> PrunedAsync(EndUser user, int most, CancellationToken cancellationToken)
    {
        var known = await ListAsync(MemoryService.IdOf(user), Pages, isExport: false, cancellationToken);
        if (known.Count >= Pages * PageSize) return null;

        // Of one name or call there is more than one where two were remembered side by side. What others have written is theirs.
        var newest = known.OrderByDescending(static memory => memory.At).ToList();
        var (facts, calls) = (newest.FindAll(static memory => memory.Fact is not null), newest.FindAll(static memory => memory.IsSummary));
        var kept = facts.DistinctBy(static memory => (memory.Fact!.Name.ToUpperInvariant(), memory.Fact.IsSigned)).Take(MostFacts).Concat(calls.DistinctBy(static memory => memory.ConversationId).Take(MostCalls)).ToHashSet();
        foreach (var beyond in facts.Concat(calls).Where(memory => !kept.Contains(memory)).Take(most).ToList())
        {
            await mem0.SendAsync(HttpMethod.Delete, $"v1/memories/{Uri.EscapeDataString(beyond.Id)}/", write: null, MemoryService.AbsentIsFine, cancellationToken);
            known.Remove(beyond);
        }

        return known;
    }

    private async Task<List<Known>> ListAsync(string user, int pages, bool isExport, CancellationToken cancellationToken)
    {
        List<Known> all = [];
        for (var page = 1; page <= pages; page++)
        {
            var (memories, isLast) = await mem0.SendAsync(
                HttpMethod.Post,
                $"v3/memories/?page={page}&page_size={PageSize}",
                json =>
                {
                    json.WriteStartObject();
                    json.WriteStartObject("filters"u8);
                    json.WriteString("user_id"u8, user);
                    json.WriteEndObject();
                    if (isExport) json.WriteBoolean("show_expired"u8, true);
                    json.WriteEndObject();
                },
                static found => (
                    Memories: found.GetProperty("results"u8).EnumerateArray().Select(static memory => new Known(memory)).ToList(),
                    IsLast: !found.TryGetProperty("next"u8, out var next) || next.ValueKind == JsonValueKind.Null),
                MemoryService.AbsentIsFine,
                cancellationToken);
            all.AddRange(memories ?? []);
            if (isLast || memories is null) return all;
        }

        return isExport ? throw new MemoryUnavailableException("Mem0: not all of it is to be had") : all;
    }

    private Task AddAsync(EndUser user, IReadOnlyList<string> texts, string kind, string? conversationId, DateTimeOffset at, CancellationToken cancellationToken) => mem0.SendAsync(
        HttpMethod.Post,
        "v3/memories/add/",
        json =>
        {
            json.WriteStartObject();
            json.WriteString("user_id"u8, MemoryService.IdOf(user));
            json.WriteStartArray("messages"u8);
            foreach (var text in texts)
            {
                json.WriteStartObject();
                json.WriteString("role"u8, "user"u8);
                json.WriteString("content"u8, text);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteBoolean("infer"u8, false);
            json.WriteNumber("timestamp"u8, at.ToUnixTimeSeconds());
            WriteMetadata(json, user, kind, conversationId, at);
            json.WriteEndObject();
        },
        [],
        cancellationToken);

    private Task ReplaceAsync(EndUser user, string id, string text, DateTimeOffset at, CancellationToken cancellationToken) => mem0.SendAsync(
        HttpMethod.Put,
        $"v1/memories/{Uri.EscapeDataString(id)}/",
        json =>
        {
            json.WriteStartObject();
            json.WriteString("text"u8, text);
            WriteMetadata(json, user, FactKind, conversationId: null, at);
            json.WriteEndObject();
        },
        [],
        cancellationToken);

    private static void WriteMetadata(Utf8JsonWriter json, EndUser user, string kind, string? conversationId, DateTimeOffset at)
    {
        json.WriteStartObject("metadata"u8);
        json.WriteString(Kind, kind);
        json.WriteString(Trust, user.Trust == EndUserTrust.Signed ? Signed : "phone");
        json.WriteString(ToldAt, at);
        if (conversationId is not null) json.WriteString(ConversationId, conversationId);
        json.WriteEndObject();
    }

    /// <summary>A memory, as Mem0 lists it.</summary>
    private sealed record Known(JsonElement Json)
    {
        public string Id { get; } = Json.GetProperty("id"u8).GetString()!;

        public string Text { get; } = Json.GetProperty("memory"u8).GetString() ?? "";

        // When it was told, in a call that may be told of long after it. Mem0's times are those of the writing, and of what others have written all that there is.
        public DateTimeOffset At { get; } = (DateTimeOffset.TryParse(Metadata(Json, ToldAt), CultureInfo.InvariantCulture, out var told) ? told : Time(Json, "created_at")) ?? default;

        public string? ConversationId { get; } = Metadata(Json, Mem0Memory.ConversationId);

        /// <summary>Whether it is what was remembered of a call.</summary>
        public bool IsSummary => ConversationId is not null && Metadata(Json, Kind) == SummaryKind;

        public KnownFact? Fact => Metadata(Json, Kind) == FactKind ? KnownFact.Read(Text, Metadata(Json, Trust) == Signed, At) : null;

        private static DateTimeOffset? Time(JsonElement json, string name) => json.TryGetProperty(name, out var at) && at.ValueKind == JsonValueKind.String ? at.GetDateTimeOffset() : null;

        // Others may have written metadata of any kind.
        private static string? Metadata(JsonElement json, string name) =>
            json.TryGetProperty("metadata"u8, out var metadata) && metadata.ValueKind == JsonValueKind.Object
            && metadata.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
    }
}
