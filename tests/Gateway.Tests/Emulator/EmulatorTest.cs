using System.Net;
using System.Text;
using System.Text.Json;
using Emulator;

namespace Gateway.Tests.Emulator;

/// <summary>An emulator of its own for every test, and a client that hangs no longer than the tests wait.</summary>
public abstract class EmulatorTest : IAsyncLifetime
{
    protected const string V1 = "/openai/v1/chat/completions";

    protected static readonly TimeSpan Timeout = TestTimeouts.Default;

    protected AzureOpenAIEmulator Azure { get; private set; } = null!;

    protected HttpClient Client { get; private set; } = null!;

    protected virtual EmulatorOptions Options => new();

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Azure = await AzureOpenAIEmulator.StartAsync(Options);
        var handler = new SocketsHttpHandler { UseProxy = false, ResponseDrainTimeout = TimeSpan.Zero };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.GetCertHashString() == Azure.Certificate?.GetCertHashString();
        Client = new HttpClient(handler)
        {
            BaseAddress = Azure.Endpoint,
            Timeout = Timeout,
            DefaultRequestVersion = Azure.Certificate is null ? HttpVersion.Version11 : HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        Client.DefaultRequestHeaders.Add("api-key", "any");
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Client.Dispose();
        await Azure.DisposeAsync();
    }

    /// <summary>A request with one user message; <paramref name="more"/> are further members.</summary>
    protected static string Ask(string text, string more = "\"stream\":true") =>
        $$"""{"model":"demo","messages":[{"role":"user","content":"{{JsonEncodedText.Encode(text)}}"}]{{(more.Length > 0 ? "," + more : "")}}}""";

    protected static string Scripted(string script, string more = "\"stream\":true") => Ask("#emulate " + script, more);

    protected static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    protected async Task<HttpResponseMessage> PostAsync(string body, string path = V1)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = Json(body), Version = Client.DefaultRequestVersion, VersionPolicy = Client.DefaultVersionPolicy };
        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
    }

    protected async Task<string> BodyAsync(string body, HttpStatusCode status = HttpStatusCode.OK, string path = V1)
    {
        using var response = await PostAsync(body, path);
        Assert.Equal(status, response.StatusCode);
        return await response.Content.ReadAsStringAsync(Ct);
    }

    /// <summary>The data of a stream's frames, in order.</summary>
    protected async Task<List<string>> FramesAsync(string body, string path = V1) => Frames(await BodyAsync(body, path: path));

    protected static List<string> Frames(string stream) =>
        [.. stream.ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(frame => frame.StartsWith("data: ", StringComparison.Ordinal) ? frame["data: ".Length..] : frame)];

    /// <summary>The chunks of a stream that have a choice with a delta.</summary>
    protected static List<JsonElement> Deltas(IEnumerable<string> frames) =>
        [.. Choices(frames).Where(choice => choice.TryGetProperty("delta", out _)).Select(choice => choice.GetProperty("delta"))];

    protected static List<JsonElement> Choices(IEnumerable<string> frames) =>
        [.. frames.Where(frame => frame.StartsWith('{')).Select(Parse).Where(chunk => chunk.TryGetProperty("choices", out var choices) && choices.GetArrayLength() > 0).Select(chunk => chunk.GetProperty("choices")[0])];

    protected static List<string> Said(IEnumerable<string> frames, string member = "content") =>
        [.. Deltas(frames).Where(delta => !delta.TryGetProperty("role", out _) && delta.TryGetProperty(member, out _)).Select(delta => delta.GetProperty(member).GetString()!)];

    protected static string? FinishReason(IEnumerable<string> frames) =>
        Choices(frames).Select(choice => choice.GetProperty("finish_reason").GetString()).SingleOrDefault(reason => reason is not null);

    protected static JsonElement Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    protected static string? ErrorCode(string body) => Parse(body).GetProperty("error").GetProperty("code").GetString();
}
