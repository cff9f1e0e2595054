using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Tests.Shared.KeyVault;

/// <summary>
/// A Key Vault on loopback, over HTTPS: the routes that read secrets, the authentication challenge, pages, and faults.
/// </summary>
/// <remarks>
/// Each has a host name of its own under <see cref="Domain"/>. The SDK checks that the challenge's resource is the parent
/// domain of the host it asked, so this passes without turning the check off; and it keeps challenges per host and port in a
/// static table, which tests that reuse a port would otherwise share. Only <see cref="CreateHandler"/> can resolve the name.
/// </remarks>
internal sealed class FakeKeyVault : IAsyncDisposable
{
    /// <summary>What stands for <c>vault.azure.net</c>.</summary>
    public const string Domain = "vault.localhost";

    private const string Token = "token-of-the-stand-in";

    private readonly WebApplication _app;
    // Bound and never listening: a port where connections are refused for certain.
    private readonly Socket _refusing = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly string _host = $"kv-{Guid.NewGuid():n}.{Domain}";
    private readonly ConcurrentDictionary<string, List<FakeSecretVersion>> _secrets = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, VaultFault> _faults = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentQueue<(VaultRoute Route, string Name)> _journal = new();
    private readonly Channel<string> _hanging = Channel.CreateUnbounded<string>();
    private TaskCompletionSource _healed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _away;
    private int _created;

    private FakeKeyVault(WebApplication app) => _app = app;

    public Uri Uri => new($"https://{_host}:{Port}/");

    public FakeCredential Credential { get; } = new(Token);

    /// <summary>Versions on a page; small, so that two versions already make two pages.</summary>
    public int PageSize { get; set; } = 1;

    /// <summary>Lists versions last to first; the real one promises no order.</summary>
    public bool ListsBackwards { get; set; }

    /// <summary>Answers 404 instead of an empty list for the versions of a secret that does not exist.</summary>
    public bool UnknownSecretsAre404 { get; set; }

    /// <summary>Refuses connections and drops the open ones.</summary>
    public bool Away { get => _away; set => _away = value; }

    /// <summary>The names of the secrets whose requests hang, one entry for each request as it arrives.</summary>
    public ChannelReader<string> Hanging => _hanging.Reader;

    private int Port => new Uri(_app.Urls.Single()).Port;

    public static async Task<FakeKeyVault> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(VaultCertificate.Value)));
        var app = builder.Build();
        var vault = new FakeKeyVault(app);
        vault._refusing.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        app.Run(vault.AnswerAsync);
        await app.StartAsync();
        return vault;
    }

    /// <summary>A handler that finds the vault by its name and trusts its certificate, and no other.</summary>
    public SocketsHttpHandler CreateHandler() => new()
    {
        UseProxy = false,
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = static (_, certificate, _, _) => VaultCertificate.Value.Equals(certificate),
        },
        ConnectCallback = async (context, cancellationToken) =>
        {
            if (context.DnsEndPoint.Host != _host)
                throw new SocketException((int)SocketError.HostNotFound);
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                var target = _away ? _refusing.LocalEndPoint! : new IPEndPoint(IPAddress.Loopback, Port);
                await socket.ConnectAsync(target, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };

    /// <summary>Sets a new version, created one second after the last one unless told otherwise.</summary>
    public FakeSecretVersion Set(string name, string value, DateTimeOffset? created = null)
    {
        var stamp = created ?? DateTimeOffset.UnixEpoch.AddYears(50).AddSeconds(Interlocked.Increment(ref _created));
        var version = new FakeSecretVersion(Guid.NewGuid().ToString("n"), value, stamp);
        var versions = _secrets.GetOrAdd(name, static _ => []);
        lock (versions)
            versions.Add(version);
        return version;
    }

    public void Delete(string name) => _secrets.TryRemove(name, out _);

    public void Fail(string name, VaultFault fault) => _faults[name] = fault;

    /// <summary>Ends all faults; what hangs is answered.</summary>
    public void Heal()
    {
        _faults.Clear();
        Interlocked.Exchange(ref _healed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    /// <summary>How many requests of a route there were, of one secret or of all.</summary>
    public int Count(VaultRoute route, string? name = null) =>
        _journal.Count(entry => entry.Route == route && (name is null || entry.Name == name));

    public async ValueTask DisposeAsync()
    {
        Heal();
        await _app.DisposeAsync();
        _refusing.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (_away)
        {
            context.Abort();
            return;
        }

        var segments = context.Request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var name = segments.ElementAtOrDefault(1) ?? "";
        if (context.Request.Headers.Authorization != $"Bearer {Token}")
        {
            _journal.Enqueue((VaultRoute.Challenge, name));
            context.Response.Headers.WWWAuthenticate =
                $"Bearer authorization=\"https://login.microsoftonline.com/6f8d4a1e-0000-4000-8000-000000000001\", resource=\"https://{Domain}\"";
            await RefuseAsync(context, 401, "Unauthorized", inner: null);
            return;
        }

        var route = RouteOf(context.Request.Method, segments);
        _journal.Enqueue((route, name));
        if (!await FailsAsync(context, name))
            await AnswerAsync(context, route, name, segments);
    }

    private static VaultRoute RouteOf(string method, string[] segments) => (method, segments) switch
    {
        ("GET", ["secrets", _, "versions"]) => VaultRoute.Versions,
        ("GET", ["secrets", _, _]) => VaultRoute.Version,
        ("GET", ["secrets", _]) => VaultRoute.Newest,
        _ => VaultRoute.Unknown,
    };

    private async Task<bool> FailsAsync(HttpContext context, string name)
    {
        switch (_faults.GetValueOrDefault(name))
        {
            case VaultFault.Throttled:
                context.Response.Headers.RetryAfter = "60";
                await RefuseAsync(context, 429, "Throttled", inner: null);
                return true;
            case VaultFault.DeniedByRole:
                await RefuseAsync(context, 403, "Forbidden", "ForbiddenByRbac");
                return true;
            case VaultFault.DeniedByFirewall:
                await RefuseAsync(context, 403, "Forbidden", "ForbiddenByFirewall");
                return true;
            case VaultFault.TokenRefused:
                await RefuseAsync(context, 401, "Unauthorized", inner: null);
                return true;
            case VaultFault.Unavailable:
                await RefuseAsync(context, 503, "ServiceUnavailable", inner: null);
                return true;
            case VaultFault.Gibberish:
                await context.Response.WriteAsync("<html>", context.RequestAborted);
                return true;
            case VaultFault.Hang:
                var healed = Volatile.Read(ref _healed).Task;
                await _hanging.Writer.WriteAsync(name);
                await healed.WaitAsync(context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return context.RequestAborted.IsCancellationRequested;
            default:
                return false;
        }
    }

    private Task AnswerAsync(HttpContext context, VaultRoute route, string name, string[] segments)
    {
        FakeSecretVersion[] versions = [];
        if (_secrets.TryGetValue(name, out var list))
        {
            lock (list)
                versions = [.. list];
        }

        if (route == VaultRoute.Unknown || (versions.Length == 0 && (route != VaultRoute.Versions || UnknownSecretsAre404)))
            return RefuseAsync(context, 404, "SecretNotFound", inner: null);
        if (route == VaultRoute.Versions)
            return AnswerPageAsync(context, name, versions);

        var found = route == VaultRoute.Newest
            ? versions.MaxBy(version => version.Created)
            : Array.Find(versions, version => version.Id == segments[2]);
        return found switch
        {
            null => RefuseAsync(context, 404, "SecretNotFound", inner: null),
            { Enabled: false } or { DisabledBehindList: true } => RefuseAsync(context, 403, "Forbidden", "SecretDisabled"),
            _ => WriteAsync(context, 200, json =>
            {
                json.WriteString("value", found.Value);
                WriteProperties(json, context, name, found);
            }),
        };
    }

    private Task AnswerPageAsync(HttpContext context, string name, FakeSecretVersion[] versions)
    {
        var skip = int.TryParse(context.Request.Query["$skiptoken"], out var token) ? token : 0;
        return WriteAsync(context, 200, json =>
        {
            json.WriteStartArray("value");
            foreach (var version in (ListsBackwards ? versions.Reverse() : versions).Skip(skip).Take(PageSize))
            {
                json.WriteStartObject();
                WriteProperties(json, context, name, version);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            if (skip + PageSize < versions.Length)
                json.WriteString("nextLink", $"https://{context.Request.Host}/secrets/{name}/versions?api-version={context.Request.Query["api-version"]}&$skiptoken={skip + PageSize}");
            else
                json.WriteNull("nextLink");
        });
    }

    private static void WriteProperties(Utf8JsonWriter json, HttpContext context, string name, FakeSecretVersion version)
    {
        json.WriteString("id", $"https://{context.Request.Host}/secrets/{name}/{version.Id}");
        json.WriteStartObject("attributes");
        json.WriteBoolean("enabled", version.Enabled);
        json.WriteNumber("created", version.Created.ToUnixTimeSeconds());
        json.WriteNumber("updated", version.Created.ToUnixTimeSeconds());
        if (version.NotBefore is { } notBefore)
            json.WriteNumber("nbf", notBefore.ToUnixTimeSeconds());
        if (version.Expires is { } expires)
            json.WriteNumber("exp", expires.ToUnixTimeSeconds());
        json.WriteEndObject();
    }

    private static Task RefuseAsync(HttpContext context, int status, string code, string? inner) => WriteAsync(context, status, json =>
    {
        json.WriteStartObject("error");
        json.WriteString("code", code);
        json.WriteString("message", $"The stand-in at {context.Request.Host} says {code}.");
        if (inner is not null)
        {
            json.WriteStartObject("innererror");
            json.WriteString("code", inner);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    });

    private static async Task WriteAsync(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        write(json);
        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }
}
