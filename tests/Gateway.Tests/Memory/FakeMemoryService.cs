using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Gateway.EndUsers;
using Gateway.Memory;
using Gateway.Secrets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Memory;

/// <summary>
/// A memory service on loopback, over HTTP: it takes one key, keeps what it is told, and answers as the public documentation of the real one says. What it does not
/// know it answers with 501, which no test expects.
/// </summary>
internal abstract class FakeMemoryService : IAsyncDisposable
{
    public const string Key = "memory-key-0123456789";

    private readonly ConcurrentQueue<string> _requests = [];
    private readonly LogRecorder _log = new();
    private readonly SocketsHttpHandler _handler = new() { UseProxy = false, AllowAutoRedirect = false };
    private WebApplication _app = null!;

    protected FakeMemoryService(string secret) =>
        Secrets = SecretStore.FromConfiguration([new(secret)], [new SecretOptions { Name = secret, Value = Key }], Time, new LoggerFactory([_log]).CreateLogger<SecretStore>());

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 11, 1, 12, 0, 0, TimeSpan.Zero));

    public Uri Endpoint => new(_app.Urls.Single());

    /// <summary>The key that is taken.</summary>
    public string AcceptedKey { get; set; } = Key;

    /// <summary>Answers in place of the service.</summary>
    public Func<HttpContext, Task>? Fault { get; set; }

    /// <summary>Which of the requests from now on gets a 503, from 0; and none after it.</summary>
    public int? FailAt { get; set; }

    /// <summary>All texts that are kept.</summary>
    public abstract IReadOnlyList<string> Stored { get; }

    /// <summary>Verb and path of each request.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    public LogRecorder Log => _log;

    protected abstract string Scheme { get; }

    protected abstract MemoryProvider Provider { get; }

    private protected SecretStore Secrets { get; }

    protected JsonObject Body { get; private set; } = [];

    public static async Task<T> StartAsync<T>()
        where T : FakeMemoryService, new()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var fake = new T { _app = builder.Build() };
        fake._app.Run(fake.AnswerAsync);
        await fake._app.StartAsync(TestContext.Current.CancellationToken);
        return fake;
    }

    public async ValueTask DisposeAsync()
    {
        _handler.Dispose();
        Secrets.Dispose();
        await _app.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    /// <summary>The memory over it, or over another address.</summary>
    public IMemory Memory(Uri? endpoint = null) => Create(new MemoryOptions { Provider = Provider, Endpoint = endpoint ?? Endpoint }, _handler, new LoggerFactory([_log]).CreateLogger<MemoryService>());

    private protected abstract IMemory Create(MemoryOptions options, HttpMessageHandler handler, ILogger log);

    /// <summary>Answers a request whose key is right. One at a time.</summary>
    protected abstract (int Status, JsonNode? Body) Answer(string verb, string[] path, IQueryCollection query);

    protected string Text(string name) => Body[name]!.GetValue<string>();

    private async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        _requests.Enqueue($"{request.Method} {context.Features.Get<IHttpRequestFeature>()!.RawTarget}");
        if (Fault is { } fault)
        {
            await fault(context);
            return;
        }

        if (request.Headers.Authorization != $"{Scheme} {AcceptedKey}")
        {
            context.Response.StatusCode = 401;
            return;
        }

        if (request.ContentLength > 0 && request.ContentType != "application/json")
        {
            context.Response.StatusCode = 415;
            return;
        }

        if (FailAt-- == 0)
        {
            context.Response.StatusCode = 503;
            return;
        }

        // Taken apart before it is decoded: an id may hold what looks like a separator.
        var path = context.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?')[0].Trim('/').Split('/').Select(Uri.UnescapeDataString).ToArray();
        using var reader = new StreamReader(request.Body);
        var json = await reader.ReadToEndAsync();
        (int Status, JsonNode? Body) answer;
        lock (_requests)
        {
            Body = json.Length == 0 ? [] : (JsonObject)JsonNode.Parse(json)!;
            answer = Answer(request.Method, path, request.Query);
        }

        context.Response.StatusCode = answer.Status;
        if (answer.Body is not { } body) return;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body.ToJsonString());
    }

    /// <summary>Somebody on the line.</summary>
    public static EndUser User(string tenant = "shop", string digits = "a1", EndUserTrust trust = EndUserTrust.Signed) => new(tenant, string.Concat(Enumerable.Repeat(digits, 32)), trust);
}
