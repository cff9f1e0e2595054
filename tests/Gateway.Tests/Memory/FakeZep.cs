using System.Text.Json.Nodes;
using Gateway.Memory;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Memory;

/// <summary>Zep: users, their threads, messages, and a context block of all that was said.</summary>
internal sealed class FakeZep() : FakeMemoryService("zep-key")
{
    private readonly HashSet<string> _users = [];
    private readonly Dictionary<string, (string User, List<JsonNode> Messages)> _threads = [];

    /// <summary>How many messages it gives at most, whatever it is asked for: its documentation names no bound, and does not exclude one.</summary>
    public int MostMessages { get; set; } = int.MaxValue;

    /// <summary>Whether it goes on behind the cursor; otherwise it gives the first page again and again.</summary>
    public bool KnowsCursor { get; set; } = true;

    /// <summary>The ids of the threads that there are.</summary>
    public IReadOnlyCollection<string> Threads => _threads.Keys;

    public override IReadOnlyList<string> Stored => [.. _threads.Values.SelectMany(thread => thread.Messages).Select(message => (string)message["content"]!)];

    protected override string Scheme => "Api-Key";

    protected override MemoryProvider Provider => MemoryProvider.Zep;

    private protected override IMemory Create(MemoryOptions options, HttpMessageHandler handler, ILogger log) => ZepMemory.Create(options, Secrets, handler, Time, log);

    protected override (int Status, JsonNode? Body) Answer(string verb, string[] path, IQueryCollection query) => (verb, path) switch
    {
        ("POST", ["api", "v2", "users"]) => _users.Add(Text("user_id")) ? (201, new JsonObject { ["user_id"] = Text("user_id") }) : (400, Error("user already exists")),
        ("GET", ["api", "v2", "users", var user]) => _users.Contains(user) ? (200, new JsonObject { ["user_id"] = user }) : (404, Error("not found")),
        ("DELETE", ["api", "v2", "users", var user]) => Delete(user),
        ("GET", ["api", "v2", "users", var user, "threads"]) =>
            (200, new JsonArray([.. _threads.Where(thread => thread.Value.User == user).Select(thread => new JsonObject { ["thread_id"] = thread.Key, ["user_id"] = user })])),
        ("POST", ["api", "v2", "threads"]) => Make(Text("thread_id"), Text("user_id")),
        ("GET", ["api", "v2", "threads", var thread, "messages"]) => Messages(thread, int.Parse(query["lastn"]!)),
        ("POST", ["api", "v2", "threads", var thread, "messages"]) => Add(thread),
        ("GET", ["api", "v2", "threads", var thread, "context"]) => Context(thread),
        ("POST", ["api", "v2", "graph", "node", "user", var user]) => (200, Said(user) is { Count: > 0 } ? new JsonArray(new JsonObject { ["uuid"] = "n1", ["name"] = user, ["summary"] = "" }) : []),
        ("POST", ["api", "v2", "graph", "edge", "user", var user]) => (200, Page([.. Said(user).Select((said, i) => new JsonObject { ["uuid"] = $"e{i}", ["fact"] = said })])),
        _ => (501, null),
    };

    private static JsonObject Error(string message) => new() { ["message"] = message };

    private (int Status, JsonNode? Body) Delete(string user)
    {
        foreach (var thread in _threads.Where(thread => thread.Value.User == user).ToList()) _threads.Remove(thread.Key);
        return _users.Remove(user) ? (200, new JsonObject { ["message"] = "OK" }) : (404, Error("not found"));
    }

    private (int Status, JsonNode? Body) Make(string thread, string user) =>
        _users.Contains(user) && _threads.TryAdd(thread, (user, [])) ? (201, new JsonObject { ["thread_id"] = thread }) : (400, Error("bad request"));

    private (int Status, JsonNode? Body) Messages(string thread, int last) => _threads.TryGetValue(thread, out var found)
        ? (200, new JsonObject { ["messages"] = new JsonArray([.. found.Messages.TakeLast(Math.Min(last, MostMessages)).Select(message => message.DeepClone())]), ["total_count"] = found.Messages.Count })
        : (404, Error("not found"));

    private (int Status, JsonNode? Body) Add(string thread)
    {
        if (!_threads.TryGetValue(thread, out var found)) return (404, Error("not found"));
        var added = Body["messages"]!.AsArray();
        if (added.Count is 0 or > 30 || added.Any(message => (string?)message!["role"] is not ("user" or "assistant") || ((string)message["content"]!).Length is 0 or > 4096)) return (400, Error("bad request"));
        found.Messages.AddRange(added.Select(message => message!.DeepClone()));
        return (200, new JsonObject { ["message_uuids"] = new JsonArray() });
    }

    private (int Status, JsonNode? Body) Context(string thread) => _threads.TryGetValue(thread, out var found)
        ? (200, new JsonObject { ["context"] = $"# What is known\n<FACTS>\n{string.Join('\n', Said(found.User))}\n</FACTS>\n" })
        : (404, Error("not found"));

    private List<string> Said(string user) => [.. _threads.Values.Where(thread => thread.User == user).SelectMany(thread => thread.Messages).Select(message => (string)message["content"]!)];

    private JsonArray Page(List<JsonObject> all)
    {
        var start = KnowsCursor && Body["uuid_cursor"] is { } cursor ? all.FindIndex(item => (string)item["uuid"]! == (string)cursor!) + 1 : 0;
        return new JsonArray([.. all.Skip(start).Take((int)Body["limit"]!)]);
    }
}
