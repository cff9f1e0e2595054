using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Benchmarks;

/// <summary>Something that answers turns, and a client to it with connections of its own that are kept alive.</summary>
internal sealed class Target(string name, Uri address, string path, Version? version = null) : IDisposable
{
    /// <summary>The subject of the certificate that the emulator makes for itself.</summary>
    public const string EmulatorSubject = "CN=localhost";

    public const string DirectPath = "openai/v1/chat/completions";
    public const string GatewayPath = "v1/chat/completions";
    public const string Key = "benchmark-key-0123456789";

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        SslOptions = { RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate?.Subject == EmulatorSubject },
    });

    private readonly Uri _uri = new(address, path);

    // Enough for the longest answer, and one for each stream at a time.
    private readonly Stack<byte[]> _buffers = new(Enumerable.Range(0, 64).Select(static _ => new byte[256 * 1024]));

    public string Name => name;

    public Rounds Rounds { get; private set; } = new();

    public void Forget() => Rounds = new();

    /// <summary>Sends a turn and reads all of the answer. The milliseconds to the first token.</summary>
    public Task<double> TurnAsync(byte[] body) => TurnAsync(body, hangUp: false);

    /// <summary>Sends a turn and hangs up at the first token.</summary>
    public Task<double> HangUpAsync(byte[] body) => TurnAsync(body, hangUp: true);

    /// <summary>Reads a number of the benchmark's own from the host.</summary>
    public async Task<long> ReadAsync(string probe)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_uri, probe));
        using var response = (await _http.SendAsync(request, CancellationToken.None)).EnsureSuccessStatusCode();
        return long.Parse(await response.Content.ReadAsStringAsync(), CultureInfo.InvariantCulture);
    }

    public void Dispose() => _http.Dispose();

    private async Task<double> TurnAsync(byte[] body, bool hangUp)
    {
        byte[] buffer;
        lock (_buffers) buffer = _buffers.Pop();
        var start = Stopwatch.GetTimestamp();
        using var request = new HttpRequestMessage(HttpMethod.Post, _uri)
        {
            Version = version ?? HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + Key);
        using var response = await _http.SendAsync(request, CancellationToken.None);
        await using var stream = await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync();
        var length = 0;
        var milliseconds = 0.0;
        for (int count; (count = await stream.ReadAsync(buffer.AsMemory(length))) > 0;)
        {
            length += count;
            if (milliseconds > 0 || !HasToken(buffer.AsSpan(0, length))) continue;
            milliseconds = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (hangUp) break;
        }

        if (!hangUp && (milliseconds == 0 || !buffer.AsSpan(0, length).EndsWith("data: [DONE]\n\n"u8))) throw new InvalidDataException($"{name} did not answer in full.");
        lock (_buffers) _buffers.Push(buffer);
        return milliseconds;
    }

    /// <summary>Whether there is content with text: the role's chunk has an empty one.</summary>
    private static bool HasToken(ReadOnlySpan<byte> answer)
    {
        var content = "\"content\":\""u8;
        for (var at = answer.IndexOf(content); at >= 0; at = answer.IndexOf(content))
        {
            answer = answer[(at + content.Length)..];
            if (answer is [not (byte)'"', ..]) return true;
        }

        return false;
    }
}
