using System.Security.Cryptography;
using System.Text.Json;
using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.Logs;
using EndToEnd.Tests.Turns;

[assembly: AssemblyFixture(typeof(GatewayHost))]

namespace EndToEnd.Tests.Hosts;

/// <summary>
/// The gateway under test. With <c>GATEWAY_URL</c> (and <c>GATEWAY_KEY</c> of a voice caller, <c>GATEWAY_API_KEY</c> of an api caller) it is whatever
/// serves there, answered by the emulator; without, the server of this repository, started as a process.
/// </summary>
public sealed class GatewayHost : IAsyncLifetime
{
    private readonly LogAudit _logs = new();
    private readonly Dictionary<Caller, string> _ownKeys = [];
    private Dictionary<Caller, string> _keys = [];
    private ServerProcess? _server;
    private bool _emulated;

    public Uri BaseAddress { get; private set; } = null!;

    /// <summary>The first model that there is.</summary>
    public string Model { get; private set; } = "";

    /// <summary>What the servers of this run write.</summary>
    internal LogAudit Logs => _logs;

    public async ValueTask InitializeAsync()
    {
        _logs.Forbid("a text of a prompt or an answer", Marker.Text);
        _logs.Forbid("a script of a prompt", Marker.Script);
        // What the emulator's errors say, as a real upstream's do: AzureOpenAIEmulator.LeakedHost and LeakedKey.
        _logs.Forbid("a host's name from an upstream's error", "backend-17.emulator.invalid");
        _logs.Forbid("a key from an upstream's error", "emulator-key-that-must-not-leak");
        _logs.Forbid("a failure that nobody has foreseen", "was not foreseen");
        foreach (var caller in Enum.GetValues<Caller>()) _ownKeys[caller] = NewSecret($"the key of the {caller} caller");
        if (Environment.GetEnvironmentVariable("GATEWAY_URL") is { Length: > 0 } url)
        {
            BaseAddress = new Uri(url);
            if (Environment.GetEnvironmentVariable("GATEWAY_KEY") is { Length: > 0 } voice) _keys[Caller.Voice] = voice;
            if (Environment.GetEnvironmentVariable("GATEWAY_API_KEY") is { Length: > 0 } api) _keys[Caller.Api] = api;
        }
        else
        {
            _server = await StartAsync([], CancellationToken.None);
            BaseAddress = _server.BaseAddress;
            _keys = _ownKeys;
        }

        try
        {
            // The api caller's where there is one: a voice caller of a slow host hears a sentence in place of the answer.
            if (_keys.Count > 0) await LookAsync(_keys.TryGetValue(Caller.Api, out var key) ? key : _keys[Caller.Voice]);
        }
        catch
        {
            // Nobody disposes a fixture that did not come to be.
            if (_server is not null) await _server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts a further server with the same two callers and their keys.</summary>
    internal Task<ServerProcess> StartAsync(IEnumerable<KeyValuePair<string, string?>> settings, CancellationToken ct) => ServerProcess.StartAsync(
        [
            new("Callers__0__Name", "voice"), new("Callers__0__Profile", "voice"), new("Secrets__0__Name", "caller-voice"), new("Secrets__0__Value", OwnKey(Caller.Voice)),
            // What an api caller has. A voice caller's own are seconds: on a busy machine a cold process would say a sentence in place of the answer.
            new("Callers__0__FirstOutputTimeout", "00:01:00"), new("Callers__0__AnswerTimeout", "00:01:00"), new("Callers__0__StallTimeout", "00:00:20"), new("Callers__0__TurnTimeout", "00:03:20"),
            new("Callers__1__Name", "api"), new("Callers__1__Profile", "api"), new("Secrets__1__Name", "caller-api"), new("Secrets__1__Value", OwnKey(Caller.Api)),
            new("Secrets__2__Name", "end-user-key"), new("Secrets__2__Value", NewSecret("the key of end users' ids")),
            // Nor is a turn asked twice because the first token is late.
            new("HedgePercent", "0"),
            .. settings,
        ],
        _logs,
        ct);

    /// <summary>The caller's key at the servers that are started here.</summary>
    internal string OwnKey(Caller caller) => _ownKeys[caller];

    /// <summary>A new key that no log of the run may hold.</summary>
    internal string NewSecret(string what)
    {
        var secret = RandomNumberGenerator.GetHexString(40, lowercase: true);
        _logs.Forbid(what, secret);
        return secret;
    }

    /// <summary>The caller's key, or a skipped test.</summary>
    internal string Key(Caller caller)
    {
        Assert.SkipUnless(_keys.ContainsKey(caller), $"No key of this kind of caller is given: {(caller == Caller.Voice ? "GATEWAY_KEY" : "GATEWAY_API_KEY")}.");
        return _keys[caller];
    }

    /// <summary>Skips the test where the answers are not scripted.</summary>
    internal void NeedsEmulator() => Assert.SkipUnless(_emulated, "The host at GATEWAY_URL is not answered by the emulator.");

    /// <summary>The process that serves, or a skipped test.</summary>
    internal ServerProcess OwnServer()
    {
        Assert.SkipWhen(_server is null, "The host at GATEWAY_URL is not ours to look into.");
        return _server!;
    }

    private async Task LookAsync(string key)
    {
        using var http = new GatewayHttp(BaseAddress, key);
        using var models = JsonDocument.Parse((await http.GetAsync("v1/models", CancellationToken.None)).Body);
        Model = models.RootElement.GetProperty("data")[0].GetProperty("id").GetString()!;
        var answer = await http.TurnAsync(Prompt.Script($$"""{"text":"{{Marker.Text}}"}"""), CancellationToken.None);
        _emulated = answer.Text == Marker.Text;
        // Not a reason to skip: ours always is.
        if (_server is not null && !_emulated) throw new InvalidOperationException($"The server does not answer as the emulator does: status {answer.Status}, \"{answer.Text}\".");
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
            // One turn at least is in every run. Without this, a log that nobody hears would be a clean one.
            if (!_logs.Holds("Turn Completed")) throw new InvalidOperationException("The server's log was not heard.");
        }

        // Here and not in a test, because only now has everything been written. Every test is then reported as failed, with this message.
        if (_logs.Violations() is { Count: > 0 } violations)
            throw new InvalidOperationException($"The servers' logs hold what no log may hold, in {violations.Count} places, such as:\n{string.Join('\n', violations.Take(3))}");
    }
}
