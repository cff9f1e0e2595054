using System.Text.Json;
using Gateway.EndUsers;
using Gateway.Memory;
using Microsoft.Extensions.DependencyInjection;
using Simulation;

namespace Gateway.Tests.Memory;

/// <summary>Turns of a caller with a memory, in simulated time. The caller <c>api</c> has another, and nothing to do with it.</summary>
internal sealed class MemoryTurns : IAsyncDisposable
{
    public const string Prompt = "You are the voice of a shop.";
    public const string SigningSecret = "a signing secret of 32 characters";

    private readonly SimulatedGateway _gateway;

    private MemoryTurns(SimulatedGateway gateway, LogRecorder log) => (_gateway, Log) = (gateway, log);

    public LogRecorder Log { get; }

    public SimulatedGateway Gateway => _gateway;

    public TimeProvider Time => _gateway.Time;

    public static async Task<MemoryTurns> StartAsync(IMemory memory, Dictionary<string, string?>? settings = null)
    {
        Dictionary<string, string?> all = new()
        {
            ["Callers:0:Memory:Provider"] = "BuiltIn",
            ["Callers:0:Agents:0"] = "agent_1",
            ["Callers:0:BufferWords"] = "false",
            ["Callers:1:Memory:Provider"] = "BuiltIn",
            ["Callers:1:Agents:0"] = "agent_2",
            ["Webhooks:Enabled"] = "true",
            ["Storage:Folder"] = "never-used",
            ["Secrets:4:Name"] = "end-user-signing",
            ["Secrets:4:Value"] = SigningSecret,
        };
        foreach (var (name, value) in settings ?? []) all[name] = value;
        var log = new LogRecorder();
        var gateway = await SimulatedGateway.StartAsync(
            1, (_, _) => SimulatedCall.Says(100, "Hello."), all, log, add: services => services.AddSingleton<Func<MemoryOptions, IMemory>>(_ => memory));
        return new MemoryTurns(gateway, log);
    }

    /// <summary>A token as a backend would sign it.</summary>
    public string Token(string sub = "user-1", string aud = "voice", int expiresInSeconds = 3600, string secret = SigningSecret) =>
        JsonWebTokens.Sign($$"""{"sub":"{{sub}}","aud":"{{aud}}","exp":{{Time.GetUtcNow().ToUnixTimeSeconds() + expiresInSeconds}}}""", secret);

    /// <summary>A token of the start webhook's, for who is known by a number.</summary>
    public string PhoneToken() =>
        _gateway.Services.GetRequiredService<EndUserTokens>().Sign(new EndUser("voice", new string('a', 64), EndUserTrust.Phone), Time.GetUtcNow().AddHours(1))!;

    public SimulatedTurn Begin(string? token, string? conversation = "conv_1", string key = SimulatedGateway.VoiceKey, string? extraBody = null) => _gateway.Begin(
        $$"""{"stream":true,"messages":[{"role":"system","content":"{{Prompt}}"},{"role":"user","content":"Where is my order, please?"}]{{(extraBody is null ? "" : $",\"elevenlabs_extra_body\":{extraBody}")}}}""", key, conversation, token);

    public Task<(string Added, int BeganMs, string Memory)> RunAsync(string? token, string? conversation = "conv_1", string key = SimulatedGateway.VoiceKey, string? extraBody = null) =>
        EndAsync(Begin(token, conversation, key, extraBody));

    /// <summary>Moves the clock until a turn has ended, and returns what was added to the system message that the model got, and when the call to the model began.</summary>
    public async Task<(string Added, int BeganMs, string Memory)> EndAsync(SimulatedTurn turn)
    {
        await _gateway.FinishAsync(turn);
        Assert.Equal(200, turn.Status);
        Assert.EndsWith("data: [DONE]\n\n", turn.Body, StringComparison.Ordinal);
        var content = JsonElement.Parse(_gateway.Upstream.Calls[^1].Body).GetProperty("messages")[0].GetProperty("content").GetString()!;
        Assert.StartsWith(Prompt, content, StringComparison.Ordinal);
        var said = turn.Writes.First(write => write.Text.Contains("Hello.", StringComparison.Ordinal)).At.TotalMilliseconds;
        return (content[Prompt.Length..], (int)said - 100, Log.Records.Last(record => record.Event.Id == 1).Values.TryGetValue("Memory", out var memory) ? $"{memory}" : "-");
    }

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        Log.Dispose();
    }
}
