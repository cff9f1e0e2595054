using System.Net.Http.Headers;
using System.Text;

namespace EndToEnd.Tests.Turns;

/// <summary>A gateway over bare HTTP, where an official client hides what is on the wire.</summary>
internal sealed class GatewayHttp : IDisposable
{
    private readonly HttpClient _http;

    public GatewayHttp(Uri baseAddress, string key)
    {
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = baseAddress, Timeout = TestTimeouts.Default };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>One streamed turn of the user's.</summary>
    public Task<Answer> TurnAsync(string text, CancellationToken ct) => PostAsync(Prompt.Body(text).ToJsonString(), ct);

    public Task<Answer> PostAsync(string json, CancellationToken ct) => PostAsync("v1/chat/completions", json, ct);

    public async Task<Answer> PostAsync(string path, string json, CancellationToken ct)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(new Uri(path, UriKind.Relative), content, ct);
        return await ReadAsync(response, ct);
    }

    public async Task<Answer> GetAsync(string path, CancellationToken ct)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative), ct);
        return await ReadAsync(response, ct);
    }

    public void Dispose() => _http.Dispose();

    private static async Task<Answer> ReadAsync(HttpResponseMessage response, CancellationToken ct) =>
        new((int)response.StatusCode, response.Headers, response.Content.Headers.ContentType?.ToString(), await response.Content.ReadAsStringAsync(ct));
}
