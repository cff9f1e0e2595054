using Gateway.Tests.ChatCompletions;
using Server;

namespace Gateway.Tests.Storage;

/// <summary>
/// An Azurite that a test ends and starts again. Its addresses are those of wires that lead to it, and are there all the time: a port that nobody listens at would be taken by
/// another test. Azurite itself has other ports each time.
/// </summary>
internal sealed class RestartableAzurite : IAsyncDisposable
{
    private readonly Dictionary<string, CuttableWire> _wires = new() { ["Blob"] = new(), ["Queue"] = new(), ["Table"] = new() };
    private readonly TemporaryFolder _folder = new();
    private readonly string _script;
    private LocalAzurite? _azurite;

    private RestartableAzurite(string script) => _script = script;

    public string ConnectionString { get; private set; } = "";

    /// <summary>Starts one, or skips the test where it is not installed.</summary>
    public static async Task<RestartableAzurite> StartAsync()
    {
        var script = LocalAzurite.Find();
        Assert.SkipWhen(script is null, "Azurite is not installed. With Node 20 or later: npm ci --prefix tests/azurite");
        var azurite = new RestartableAzurite(script!);
        await azurite.RunAsync();
        return azurite;
    }

    /// <summary>Runs it, with the data that it had.</summary>
    public async Task RunAsync()
    {
        _azurite = new LocalAzurite(_script, _folder.Path);
        await _azurite.StartAsync(TestContext.Current.CancellationToken);
        ConnectionString = _azurite.ConnectionString;
        foreach (var (service, wire) in _wires)
        {
            wire.Target = new Uri(_azurite.Endpoint(service));
            ConnectionString = ConnectionString.Replace($":{wire.Target.Port}/", $":{wire.Port}/", StringComparison.Ordinal);
        }
    }

    /// <summary>Takes it away at once, whatever is under way, and ends it, with what it has acknowledged on the disk.</summary>
    public async Task EndAsync()
    {
        foreach (var wire in _wires.Values)
        {
            wire.Target = null;
            wire.Close();
        }

        if (_azurite is not null) await _azurite.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        foreach (var wire in _wires.Values) await wire.DisposeAsync();
        _folder.Dispose();
    }
}
