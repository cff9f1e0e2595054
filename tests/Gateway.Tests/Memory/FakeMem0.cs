using System.Globalization;
using System.Text.Json.Nodes;
using Gateway.Memory;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Memory;

/// <summary>Mem0: memories of users, in pages.</summary>
internal sealed class FakeMem0() : FakeMemoryService("mem0-key")
{
    private readonly List<JsonObject> _memories = [];

    public override IReadOnlyList<string> Stored => [.. _memories.Select(memory => (string)memory["memory"]!)];

    protected override string Scheme => "Token";

    protected override MemoryProvider Provider => MemoryProvider.Mem0;

    private protected override IMemory Create(MemoryOptions options, HttpMessageHandler handler, ILogger log) => Mem0Memory.Create(options, Secrets, handler, Time, log);

    /// <summary>Stores one as somebody else would.</summary>
    public void Add(string user, string text, JsonNode? metadata = null, DateTimeOffset? at = null) => _memories.Add(new JsonObject
    {
        ["id"] = Guid.NewGuid().ToString(),
        ["memory"] = text,
        ["user_id"] = user,
        ["metadata"] = metadata,
        ["created_at"] = At(at ?? Time.GetUtcNow()),
        ["updated_at"] = At(Time.GetUtcNow()),
    });

    protected override (int Status, JsonNode? Body) Answer(string verb, string[] path, IQueryCollection query) => (verb, path) switch
    {
        ("POST", ["v3", "memories"]) => List((string)Body["filters"]!["user_id"]!, int.Parse(query["page"]!, CultureInfo.InvariantCulture), int.Parse(query["page_size"]!, CultureInfo.InvariantCulture)),
        ("POST", ["v3", "memories", "add"]) => Add(),
        ("PUT", ["v1", "memories", var id]) => Update(id),
        ("DELETE", ["v1", "memories", var id]) => _memories.RemoveAll(memory => (string?)memory["id"] == id) > 0 ? (204, null) : (404, null),
        ("DELETE", ["v1", "memories"]) => Delete(query["user_id"]!),
        ("DELETE", ["v2", "entities", "user", _]) => (404, new JsonObject { ["message"] = "no such entity" }),
        _ => (501, null),
    };

    private (int Status, JsonNode? Body) List(string user, int page, int size)
    {
        var all = _memories.Where(memory => (string?)memory["user_id"] == user).ToList();
        var isLast = page * size >= all.Count;
        return (200, new JsonObject
        {
            ["count"] = all.Count,
            ["next"] = isLast ? null : $"https://api.mem0.ai/v3/memories/?page={page + 1}",
            ["previous"] = null,
            ["results"] = new JsonArray([.. all.Skip((page - 1) * size).Take(size).Select(memory => memory.DeepClone())]),
        });
    }

    private (int Status, JsonNode? Body) Add()
    {
        if ((bool?)Body["infer"] != false) return (200, new JsonObject { ["status"] = "PENDING" });
        foreach (var message in Body["messages"]!.AsArray())
            Add(Text("user_id"), (string)message!["content"]!, Body["metadata"]?.DeepClone(), DateTimeOffset.FromUnixTimeSeconds((long)Body["timestamp"]!));
        return (200, new JsonObject { ["status"] = "SUCCEEDED" });
    }

    private (int Status, JsonNode? Body) Update(string id)
    {
        if (_memories.Find(memory => (string?)memory["id"] == id) is not { } found) return (404, null);
        (found["memory"], found["metadata"], found["updated_at"]) = (Text("text"), Body["metadata"]!.DeepClone(), At(Time.GetUtcNow()));
        return (200, found.DeepClone());
    }

    private (int Status, JsonNode? Body) Delete(string user)
    {
        _memories.RemoveAll(memory => (string?)memory["user_id"] == user);
        return (200, new JsonObject { ["message"] = "Delete in progress. This may take some time." });
    }

    private static string At(DateTimeOffset at) => at.ToString("yyyy-MM-ddTHH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture);
}
