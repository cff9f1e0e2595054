using System.Text.Json.Nodes;

namespace EndToEnd.Tests.Hosts;

/// <summary><c>@copilotkit/aimock</c>: an upstream that was written by others.</summary>
internal sealed class AimockProcess : IAsyncDisposable
{
    private readonly RunningProcess _process;
    private readonly HttpClient _http;

    private AimockProcess(RunningProcess process, Uri endpoint) =>
        (_process, _http) = (process, new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = endpoint, Timeout = TestTimeouts.Default });

    public Uri Endpoint => _http.BaseAddress!;

    /// <summary>Starts it on a free port with the fixtures of <c>tests/clients</c>.</summary>
    public static async Task<AimockProcess> StartAsync(CancellationToken ct)
    {
        // Pieces of ten characters: words and arguments are split wherever that falls.
        var process = Node.Start("node_modules/@copilotkit/aimock/dist/cli.js", ["-h", "127.0.0.1", "-p", "0", "-f", "aimock.json", "--chunk-size", "10", "--strict"]);
        return new AimockProcess(process, await process.AddressAsync(ct));
    }

    /// <summary>What it has been asked, in order; its own view of paths, headers and bodies.</summary>
    public async Task<JsonArray> JournalAsync(CancellationToken ct) =>
        JsonNode.Parse(await _http.GetStringAsync(new Uri("__aimock/journal", UriKind.Relative), ct))!.AsArray();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
    }
}
