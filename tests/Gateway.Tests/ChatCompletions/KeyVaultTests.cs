using System.Net;
using Azure.Core;
using Gateway.Secrets;
using Gateway.Tests.Credentials;
using Microsoft.Extensions.DependencyInjection;
using Tests.Shared.KeyVault;

namespace Gateway.Tests.ChatCompletions;

/// <summary>Turns whose keys are in Key Vault, on a clock that stands still until a test moves it.</summary>
public sealed class KeyVaultTests : IAsyncLifetime
{
    private const int SecretChanged = 205;

    private static readonly DateTimeOffset Later = DateTimeOffset.UnixEpoch.AddYears(56);

    private readonly PacedClock _clock = new();
    private FakeKeyVault _vault = null!;

    public async ValueTask InitializeAsync()
    {
        _vault = await FakeKeyVault.StartAsync();
        _vault.Set("caller-voice", GatewayHost.VoiceKey);
        _vault.Set("upstream-key", GatewayHost.UpstreamKey);
    }

    public ValueTask DisposeAsync() => _vault.DisposeAsync();

    [Fact]
    public async Task Turn_BeforeTheKeysAreLoaded_WaitsForThem()
    {
        _vault.Fail("caller-voice", VaultFault.Hang);
        await using var host = await StartAsync();
        var sending = host.SendAsync(AnswerTests.Ask(true));
        await _vault.Hanging.ReadAsync(TestContext.Current.CancellationToken);
        Assert.False(sending.IsCompleted);

        _vault.Heal();

        Assert.Equal(HttpStatusCode.OK, (await sending).Status);
    }

    [Fact]
    public async Task Turn_VaultIsAway_Is503NeverA401()
    {
        _vault.Away = true;
        await using var host = await StartAsync();

        var sending = host.SendAsync(AnswerTests.Ask(true));
        await _clock.PassAsync(TimeSpan.FromSeconds(10));

        var answer = await sending;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Equal("not_ready", answer.ErrorCode);
        Assert.Equal("1", answer.Header("Retry-After"));
        Assert.Equal("NotReady", (await host.Log.NextTurnAsync()).Values["Outcome"]!.ToString());
        using var ready = new HttpRequestMessage(HttpMethod.Get, Routes.HealthReady);
        Assert.Contains("Key Vault", (await host.SendAsync(ready)).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Turn_WithoutAKeyWhileTheVaultIsAway_Is401AtOnce()
    {
        _vault.Away = true;
        await using var host = await StartAsync();
        using var request = GatewayHost.Turn(AnswerTests.Ask(true));
        request.Headers.Authorization = null;

        Assert.Equal("missing_api_key", (await host.SendAsync(request)).ErrorCode);
    }

    [Fact]
    public async Task Key_MadeAMomentAgo_WorksAfterOneRefresh()
    {
        await using var host = await StartAsync();
        await RefreshableAsync();
        var changed = ChangedAsync(host);
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(AnswerTests.Ask(true))).Status);
        _vault.Set("caller-voice", "a-newer-voice-key", Later);

        Assert.Equal(HttpStatusCode.Unauthorized, (await host.SendAsync(AnswerTests.Ask(true), "a-newer-voice-key")).Status);
        // Not by the line in the log: that comes before the new keys are in use.
        await changed;
        await host.Log.EventAsync(SecretChanged);

        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(AnswerTests.Ask(true), "a-newer-voice-key")).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(AnswerTests.Ask(true))).Status);
    }

    [Fact]
    public async Task UpstreamKey_Replaced_IsUsedFromTheNextRefreshOn()
    {
        await using var host = await StartAsync();
        await RefreshableAsync();
        var changed = ChangedAsync(host);
        host.Emulator.ScriptFor = request => new() { Text = request.Headers["api-key"] };
        Assert.Equal(GatewayHost.UpstreamKey, (await host.SendAsync(AnswerTests.Ask(true))).Text);
        _vault.Set("upstream-key", "upstream-key-of-tomorrow", Later);

        // An unknown key asks for a refresh.
        await host.SendAsync(AnswerTests.Ask(true), "unknown");
        await changed;

        Assert.Equal("upstream-key-of-tomorrow", (await host.SendAsync(AnswerTests.Ask(true))).Text);
    }

    [Fact]
    public async Task UpstreamKey_RefusedBecauseThereIsANewerOne_IsFetchedAndTheTurnTriedAgainOnce()
    {
        _vault.Set("caller-api", GatewayHost.ApiKey);
        await using var host = await StartAsync();
        await RefreshableAsync();
        var changed = ChangedAsync(host);
        host.Emulator.ScriptFor = request => request.Headers["api-key"] == "upstream-key-of-tomorrow" ? new() { Text = "Hello there." } : new() { Status = 401 };
        _vault.Set("upstream-key", "upstream-key-of-tomorrow", Later);

        var answering = host.SendAsync(AnswerTests.Ask(true), GatewayHost.ApiKey);
        await changed;
        // The turn waits a second at most, and all of it where the newer key was there before it began to wait.
        await Task.WhenAny(answering, _clock.PassAsync(TimeSpan.FromSeconds(1)));

        var answer = await answering;
        Assert.Equal("Hello there.", answer.Text);
        Assert.True(answer.IsDone);
        Assert.Equal(GatewayHost.UpstreamKey, (await host.NextUpstreamRequestAsync()).Headers["api-key"]);
        Assert.Equal("upstream-key-of-tomorrow", (await host.NextUpstreamRequestAsync()).Headers["api-key"]);
        Assert.False(host.Emulator.Requests.TryPeek(out _));
    }

    [Fact]
    public async Task UpstreamKey_RefusedAfterItWasReplaced_TheTurnIsTriedAgainAtOnce()
    {
        _vault.Set("caller-api", GatewayHost.ApiKey);
        await using var host = await StartAsync();
        await RefreshableAsync();
        var changed = ChangedAsync(host);
        var refusal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.Emulator.ScriptFor = request => request.Headers["api-key"] == "upstream-key-of-tomorrow" ? new() { Text = "Hello there." } : new() { Status = 401, Gate = (_, _) => refusal.Task };
        var answering = host.SendAsync(AnswerTests.Ask(true), GatewayHost.ApiKey);
        await host.NextUpstreamRequestAsync();
        // Another caller's unknown key has the secrets read again while the old key is under way.
        _vault.Set("upstream-key", "upstream-key-of-tomorrow", Later);
        await host.SendAsync(AnswerTests.Ask(true), "unknown");
        await changed;

        refusal.SetResult();

        Assert.Equal("Hello there.", (await answering.Soon()).Text);
    }

    [Fact]
    public async Task Log_OfAWholeRun_HasNoSecret()
    {
        await using var host = await StartAsync();
        await host.SendAsync(AnswerTests.Ask(true));
        await host.SendAsync(AnswerTests.Ask(true), "a-key-nobody-has");
        // Their lines come behind their responses.
        await host.Log.NextTurnAsync();
        await host.Log.NextTurnAsync();

        Assert.All(host.Log.Records, record =>
        {
            foreach (var secret in new[] { GatewayHost.VoiceKey, GatewayHost.UpstreamKey, "a-key-nobody-has" })
                Assert.DoesNotContain(secret, record.Message + record.Exception, StringComparison.Ordinal);
        });
    }

    /// <summary>Completes when the keys are loaded and a refresh can be asked for. A turn may go on before that, as soon as they are loaded.</summary>
    private Task RefreshableAsync() => _clock.WaitOfAsync(new KeyVaultOptions().RefreshInterval);

    /// <summary>Completes when a secret that has changed is in use.</summary>
    private static Task ChangedAsync(GatewayHost host) => host.Services.GetRequiredService<SecretStore>().ChangedAsync(TestContext.Current.CancellationToken).Soon();

    private Task<GatewayHost> StartAsync() => GatewayHost.StartAsync(
        new() { ["KeyVault:Uri"] = _vault.Uri.AbsoluteUri, ["KeyVault:LoadTimeout"] = "00:00:07" },
        new() { Url = new("http://127.0.0.1:0") },
        services =>
        {
            services.AddSingleton<TimeProvider>(_clock);
            services.AddSingleton<TokenCredential>(_vault.Credential);
            services.AddKeyedSingleton<HttpMessageHandler>(GatewayServices.AzureHttp, (_, _) => _vault.CreateHandler());
        });
}
