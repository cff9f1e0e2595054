using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.ElevenLabs;

/// <summary>ElevenLabs' conversation API, as their reference has it, on a port of its own: list, conversation, recording, deletion.</summary>
internal sealed class FakeElevenLabs : IAsyncDisposable
{
    public const string Key = "xi-key-0123456789";

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<string> _asked = [];

    private FakeElevenLabs(WebApplication app) => _app = app;

    /// <summary>The conversations that there are, newest first.</summary>
    public List<FakeConversation> Conversations { get; } = [];

    /// <summary>How many are on a page, where fewer than were asked for.</summary>
    public int PageSize { get; set; } = 100;

    /// <summary>Answers a request in place of the API, where it returns true. It is given the path and how often that was asked for before.</summary>
    public Func<HttpContext, string, int, Task<bool>> Fault { get; set; } = static (_, _, _) => Task.FromResult(false);

    /// <summary>Path and query of each request.</summary>
    public string[] Asked => [.. _asked];

    public Uri Endpoint => new(_app.Urls.First());

    public static async Task<FakeElevenLabs> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var fake = new FakeElevenLabs(app);
        app.Run(fake.AnswerAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return fake;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        var before = _asked.Count(asked => asked.Split('?')[0] == path);
        _asked.Enqueue(path + context.Request.QueryString);
        if (await Fault(context, path, before)) return;
        if (context.Request.Headers["xi-api-key"] != Key) context.Response.StatusCode = 401;
        else if (path == "/v1/convai/conversations") await ListAsync(context);
        else if (path.Split('/') is ["", "v1", "convai", "conversations", var id, .. var rest] && Conversations.Find(conversation => conversation.Id == id) is { } conversation)
        {
            if (context.Request.Method == "DELETE") Conversations.Remove(conversation);
            else await OneAsync(context, conversation, rest);
        }
        else context.Response.StatusCode = 404;
    }

    private Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var (after, until) = (Number("call_start_after_unix", 0), Number("call_start_before_unix", long.MaxValue));
        var found = Conversations.Where(conversation => conversation.Started >= after && conversation.Started <= until && (query["agent_id"].Count == 0 || query["agent_id"] == conversation.AgentId) && (query["user_id"].Count == 0 || query["user_id"] == conversation.User)).ToList();
        var from = query["cursor"] is [{ } cursor] ? int.Parse(cursor["page+".Length..], CultureInfo.InvariantCulture) : 0;
        var size = Math.Min(PageSize, (int)Number("page_size", 30));
        var next = from + size;
        return WriteAsync(context, new JsonObject
        {
            ["conversations"] = new JsonArray([.. found.Skip(from).Take(size).Select(static conversation => conversation.Summary())]),
            ["has_more"] = next < found.Count,
            ["next_cursor"] = next < found.Count ? string.Create(CultureInfo.InvariantCulture, $"page+{next}") : null,
        });

        long Number(string name, long otherwise) => query[name] is [{ } number] ? long.Parse(number, CultureInfo.InvariantCulture) : otherwise;
    }

    private static async Task OneAsync(HttpContext context, FakeConversation conversation, string[] rest)
    {
        if (rest is []) await WriteAsync(context, JsonNode.Parse(conversation.Details())!);
        else if (conversation.Recording is not { } recording) context.Response.StatusCode = 404;
        else
        {
            context.Response.ContentType = "audio/mpeg";
            await context.Response.Body.WriteAsync(recording);
        }
    }

    private static Task WriteAsync(HttpContext context, JsonNode body)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body.ToJsonString());
    }
}
