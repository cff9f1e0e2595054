using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using EndToEnd.Tests.Hosts;

namespace EndToEnd.Tests.Webhooks;

/// <summary>A server with the webhook switched on, and who sends to it.</summary>
internal sealed class WebhookServer : IAsyncDisposable
{
    private readonly string _secret;
    private readonly HttpClient _http;

    private WebhookServer(ServerProcess process, string secret)
    {
        (Process, _secret) = (process, secret);
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = process.BaseAddress, Timeout = TestTimeouts.Default };
    }

    public ServerProcess Process { get; }

    public static async Task<WebhookServer> StartAsync(GatewayHost host, IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var secret = host.NewSecret("the webhook's secret");
        var process = await host.StartAsync(
            [new("Webhooks__Enabled", "true"), new("Webhooks__KeepAudio", "true"), new("Webhooks__KeepTranscripts", "true"), new("Secrets__3__Name", "elevenlabs-webhook"), new("Secrets__3__Value", secret), .. settings],
            TestContext.Current.CancellationToken);
        return new WebhookServer(process, secret);
    }

    /// <summary>Sends a recording of so many bytes, in pieces, as ElevenLabs does.</summary>
    /// <param name="conversation">Whose.</param>
    /// <param name="length">A multiple of 3.</param>
    /// <param name="onSent">Is called now and then, while it is under way.</param>
    public async Task<HttpStatusCode> SendAudioAsync(string conversation, int length, Action? onSent = null)
    {
        var body = new AudioBody(conversation, length);
        using var request = new HttpRequestMessage(HttpMethod.Post, "webhooks/elevenlabs") { Content = new AudioContent(body, onSent) };
        request.Headers.TryAddWithoutValidation("ElevenLabs-Signature", Sign(body.Pieces()));
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    /// <summary>Sends the transcript of a call with an end user, that began just now.</summary>
    public async Task<HttpStatusCode> SendTranscriptAsync(string conversation, string endUser)
    {
        var body = Encoding.UTF8.GetBytes($$$"""
            {"type":"post_call_transcription","event_timestamp":1795341600,"data":{"agent_id":"agent_1","conversation_id":"{{{conversation}}}","user_id":"{{{endUser}}}","status":"done",
            "transcript":[{"role":"user","message":"{{{Logs.Marker.Text}}}"}],"metadata":{"start_time_unix_secs":{{{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()}}}} } }
            """);
        using var request = new HttpRequestMessage(HttpMethod.Post, "webhooks/elevenlabs") { Content = Json(body) };
        request.Headers.TryAddWithoutValidation("ElevenLabs-Signature", Sign([body]));
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    /// <summary>Asks that an end user be deleted, and returns what is said of it.</summary>
    public async Task<string> DeleteAsync(string endUser, string adminKey)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "end-users/delete") { Content = Json(Encoding.UTF8.GetBytes($$"""{"id":"{{endUser}}"}""")) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", adminKey);
        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Process.DisposeAsync();
    }

    private static ByteArrayContent Json(byte[] body) => new(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    private string Sign(IEnumerable<ReadOnlyMemory<byte>> body)
    {
        var time = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(_secret));
        hash.AppendData(Encoding.ASCII.GetBytes(time + "."));
        foreach (var piece in body) hash.AppendData(piece.Span);
        return $"t={time},v0={Convert.ToHexStringLower(hash.GetHashAndReset())}";
    }

    /// <summary>A recording's webhook, which is never whole in this process either.</summary>
    private sealed class AudioBody(string conversation, int length)
    {
        private static readonly byte[] Piece = new byte[48 * 1024];

        public IEnumerable<ReadOnlyMemory<byte>> Pieces()
        {
            yield return Encoding.ASCII.GetBytes($$$"""{"type":"post_call_audio","event_timestamp":1795341600,"data":{"agent_id":"agent_1","conversation_id":"{{{conversation}}}","full_audio":" """.TrimEnd());
            for (var left = length; left > 0; left -= Piece.Length) yield return Encoding.ASCII.GetBytes(Convert.ToBase64String(Piece, 0, Math.Min(left, Piece.Length)));
            yield return "\"}}"u8.ToArray();
        }
    }

    private sealed class AudioContent : HttpContent
    {
        private readonly AudioBody _body;
        private readonly Action? _onSent;

        public AudioContent(AudioBody body, Action? onSent)
        {
            (_body, _onSent) = (body, onSent);
            Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            foreach (var piece in _body.Pieces())
            {
                await stream.WriteAsync(piece);
                _onSent?.Invoke();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
