using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Gateway.EndUsers;
using Gateway.Secrets;
using Microsoft.Extensions.Logging;

namespace Gateway.Memory;

/// <summary>The HTTP API of a memory service, for one caller. All that may go wrong with it is one failure, in words that name neither hosts nor end users.</summary>
internal sealed class MemoryService : IDisposable
{
    // All of a frequent caller's facts; more is not what was asked for.
    private const int MaxAnswerBytes = 4 * 1024 * 1024;

    // Longer than anybody waits in a call. What runs after one is bounded by it.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>The statuses that are no failure where what is asked for, or is to go, may not be there.</summary>
    public static readonly HttpStatusCode[] AbsentIsFine = [HttpStatusCode.NotFound];

    private readonly string _name;
    private readonly string _scheme;
    private readonly string _keySecret;
    private readonly SecretStore _secrets;
    private readonly HttpClient _http;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private int _refused;

    /// <param name="name">What the service is called, in logs.</param>
    /// <param name="scheme">What stands before the key in the <c>Authorization</c> header.</param>
    /// <param name="endpoint">Its address; paths are relative to it.</param>
    /// <param name="keySecret">The name of the secret with its key.</param>
    /// <param name="secrets">Where that is.</param>
    /// <param name="handler">Carries the requests; not disposed of here.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Told of a key that is refused, and of its acceptance after that.</param>
    public MemoryService(string name, string scheme, Uri endpoint, string keySecret, SecretStore secrets, HttpMessageHandler handler, TimeProvider time, ILogger log)
    {
        (_name, _scheme, _keySecret, _secrets, _time, _log) = (name, scheme, keySecret, secrets, time, log);
        _http = new HttpClient(handler, disposeHandler: false)
        {
            BaseAddress = endpoint,
            MaxResponseContentBufferSize = MaxAnswerBytes,
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>What a service knows an end user as: letters, digits, '-' and '.'. A name of a caller has no '.', so no tenant has the ids of another.</summary>
    public static string IdOf(EndUser user) => $"{user.Tenant}.{user.Key}";

    /// <summary>Sends a request, and reads the answer where it succeeded.</summary>
    /// <param name="verb">The verb.</param>
    /// <param name="path">Path and query, escaped.</param>
    /// <param name="write">Writes the body; null for none.</param>
    /// <param name="read">Reads the answer's JSON.</param>
    /// <param name="expected">The statuses that are no failure beside 2xx; the answer is then the type's default.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="MemoryUnavailableException">The service is away, slow, or refuses.</exception>
    public async Task<T?> SendAsync<T>(
        HttpMethod verb, string path, Action<Utf8JsonWriter>? write, Func<JsonElement, T> read, HttpStatusCode[] expected, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var request = Request(verb, path, write);
        try
        {
            using var response = await _http.SendAsync(request, either.Token);
            if (!Accepts(response.StatusCode, expected)) return default;
            var body = await response.Content.ReadAsByteArrayAsync(either.Token);
            return read(body.Length == 0 ? default : JsonElement.Parse(body));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unavailable("no answer in time");
        }
        catch (HttpRequestException e)
        {
            throw Unavailable(e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded ? "the answer is too large" : "cannot be reached");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw Unavailable("the answer could not be read");
        }
    }

    /// <summary>Sends a request whose answer says nothing but that it succeeded.</summary>
    public Task SendAsync(HttpMethod verb, string path, Action<Utf8JsonWriter>? write, HttpStatusCode[] expected, CancellationToken cancellationToken) =>
        SendAsync(verb, path, write, static _ => true, expected, cancellationToken);

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(HttpMethod verb, string path, Action<Utf8JsonWriter>? write)
    {
        if (_secrets.Current?.Newest(_keySecret) is not { } key) throw Unavailable($"the secret {_keySecret} is absent");
        var request = new HttpRequestMessage(verb, path);
        request.Headers.TryAddWithoutValidation("Authorization", $"{_scheme} {key}");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (write is null) return request;

        var body = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(body)) write(json);
        request.Content = new ReadOnlyMemoryContent(body.WrittenMemory);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return request;
    }

    private bool Accepts(HttpStatusCode status, HttpStatusCode[] expected)
    {
        if (status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            if (Interlocked.Exchange(ref _refused, 1) == 0) MemoryServiceLog.KeyRefused(_log, _name, _keySecret, (int)status);
            // It may have been replaced a minute ago.
            _secrets.RequestRefresh();
            throw Unavailable($"the key of the secret {_keySecret} is refused");
        }

        var succeeded = (int)status is >= 200 and < 300;
        if (!succeeded && !expected.Contains(status)) throw Unavailable($"failing (HTTP {(int)status})");
        if (Interlocked.Exchange(ref _refused, 0) == 1) MemoryServiceLog.KeyAccepted(_log, _name, _keySecret);
        return succeeded;
    }

    private MemoryUnavailableException Unavailable(string reason) => new($"{_name}: {reason}");
}
