using Azure.Core;
using Azure.Identity;
using Gateway.Credentials;

namespace Gateway.Tests.Credentials;

public sealed class BackgroundTokenTests : IAsyncDisposable
{
    private const string Scope = "https://cognitiveservices.azure.com/.default";

    private static readonly TokenRequestContext Ours = new([Scope]);

    private readonly PacedClock _clock = new();
    private readonly ScriptedCredential _inner = new();
    private readonly LogLines<BackgroundToken> _log = new();
    private readonly BackgroundToken _subject;

    public BackgroundTokenTests() => _subject = new BackgroundToken(_inner, Scope, _clock, _log);

    public async ValueTask DisposeAsync()
    {
        await _subject.StopAsync(CancellationToken.None);
        _subject.Dispose();
    }

    [Fact]
    public async Task Start_CredentialHangs_DoesNotBlockTheHost()
    {
        await StartAsync().Soon();

        var request = await _inner.NextAsync();
        Assert.Equal([Scope], request.Context.Scopes);
        Assert.Null(request.Context.Claims);
        Assert.Equal("Entra ID: no answer yet", _subject.WaitingFor);
    }

    [Fact]
    public async Task GetToken_Valid_IsSynchronousAndAllocatesNothing()
    {
        await StartAsync();
        (await _inner.NextAsync()).Give("one", In(hours: 1));
        await _subject.ReadyAsync(TestContext.Current.CancellationToken).Soon();
        Assert.Equal("one", Synchronously());

        Assert.Equal(0, Allocations.Least(() =>
        {
            for (var i = 0; i < 1000; i++)
                Synchronously();
        }));
        Assert.True(_subject.ReadyAsync(CancellationToken.None).AsTask().IsCompletedSuccessfully);
        Assert.Null(_subject.WaitingFor);
    }

    [Fact]
    public async Task GetToken_BeforeTheFirst_WaitsForIt()
    {
        await StartAsync();
        var request = await _inner.NextAsync();
        var first = _subject.GetTokenAsync(Ours, CancellationToken.None).AsTask();
        var second = _subject.GetTokenAsync(Ours, CancellationToken.None).AsTask();
        Assert.False(first.IsCompleted || second.IsCompleted);

        request.Give("one", In(hours: 1));

        Assert.Equal("one", (await first.Soon()).Token);
        Assert.Equal("one", (await second.Soon()).Token);
        Assert.Equal("one", _subject.GetToken(Ours, CancellationToken.None).Token);
        Assert.Equal(1, _inner.MostInFlight);
        Assert.False(_inner.WasAsked(out _));
    }

    [Fact]
    public async Task GetToken_BlockingBeforeTheFirst_WaitsForIt()
    {
        await StartAsync();
        var request = await _inner.NextAsync();
        var blocked = Task.Run(() => _subject.GetToken(Ours, CancellationToken.None));
        await _clock.WaitOfAsync(TimeSpan.FromSeconds(15));

        request.Give("one", In(hours: 1));

        Assert.Equal("one", (await blocked.Soon()).Token);
    }

    [Fact]
    public async Task GetToken_WaiterCancelled_FetchGoesOn()
    {
        await StartAsync();
        var request = await _inner.NextAsync();
        using var caller = new CancellationTokenSource();
        var token = _subject.GetTokenAsync(Ours, caller.Token).AsTask();
        var ready = _subject.ReadyAsync(caller.Token).AsTask();

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => token.Soon());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ready.Soon());
        Assert.False(request.CancellationToken.IsCancellationRequested);
        request.Give("one", In(hours: 1));
        await _subject.ReadyAsync(TestContext.Current.CancellationToken).Soon();
    }

    [Fact]
    public async Task GetToken_UncancellableWaitBeforeTheFirst_FailsAfter15Seconds()
    {
        await StartAsync();
        await _inner.NextAsync();
        var token = _subject.GetTokenAsync(Ours, CancellationToken.None).AsTask();

        await _clock.PassAsync(TimeSpan.FromSeconds(15));

        await Assert.ThrowsAsync<AuthenticationFailedException>(() => token.Soon());
    }

    [Fact]
    public async Task Renewal_RefreshOnGiven_HappensThenAndTheOldTokenServesMeanwhile()
    {
        await StartAsync();
        (await _inner.NextAsync()).Give("one", In(hours: 24), refreshOn: In(hours: 12));
        await _clock.PassAsync(TimeSpan.FromHours(12));
        var renewal = await _inner.NextAsync();

        Assert.Equal("one", Synchronously());
        renewal.Give("two", In(hours: 24), refreshOn: In(hours: 12));
        await _clock.WaitOfAsync(TimeSpan.FromHours(12));

        Assert.Equal("two", Synchronously());
        Assert.Equal([250], _log.Ids);
    }

    [Theory]
    [InlineData(60, null, 30)]     // half of the life
    [InlineData(8, null, 3)]       // 5 minutes before the end
    [InlineData(60, 58.0, 55)]     // the SDK's own margin, whatever RefreshOn says
    [InlineData(60, 0.0, 0.5)]     // MSAL past its RefreshOn: the old token again, so not at once
    [InlineData(0.5, null, 0.25)]  // a token that lives shorter than the floor
    public async Task Renewal_Time_LeavesAReserve(double livesMinutes, double? refreshOnMinutes, double expectedMinutes)
    {
        await StartAsync();

        (await _inner.NextAsync()).Give(
            "one", PacedClock.Origin.AddMinutes(livesMinutes), refreshOnMinutes is { } minutes ? PacedClock.Origin.AddMinutes(minutes) : null);

        await _clock.WaitOfAsync(TimeSpan.FromMinutes(expectedMinutes));
    }

    [Fact]
    public async Task Failure_AtStart_IsRetriedOnScheduleAndSaysWhy()
    {
        await StartAsync();
        foreach (var seconds in (int[])[1, 2, 4, 8, 15, 15])
        {
            (await _inner.NextAsync()).Fail(new CredentialUnavailableException("No endpoint at host-that-nobody-may-see."));
            await _clock.PassAsync(TimeSpan.FromSeconds(seconds));
        }

        Assert.Equal("Entra ID: no identity here (a managed identity, or `az login` on a developer's machine)", _subject.WaitingFor);
        await Assert.ThrowsAsync<AuthenticationFailedException>(() => _subject.ReadyAsync(TestContext.Current.CancellationToken).AsTask());
        (await _inner.NextAsync()).Give("one", In(hours: 1));
        await _clock.WaitOfAsync(TimeSpan.FromMinutes(30));
        await _subject.ReadyAsync(TestContext.Current.CancellationToken).Soon();
        Assert.Null(_subject.WaitingFor);
        Assert.Equal([251, 250], _log.Ids);
        Assert.DoesNotContain("host-that-nobody-may-see", _log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failure_WhileATurnWaits_EndsItsWaitAndSaysWhy()
    {
        await StartAsync();
        var waiting = _subject.ReadyAsync(TestContext.Current.CancellationToken).AsTask();

        (await _inner.NextAsync()).Fail(new CredentialUnavailableException("No endpoint at host-that-nobody-may-see."));

        var failure = await Assert.ThrowsAsync<AuthenticationFailedException>(() => waiting);
        Assert.DoesNotContain("host-that-nobody-may-see", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failure_AnyException_IsSurvived()
    {
        await StartAsync();
        (await _inner.NextAsync()).Fail(new AuthenticationFailedException("x"));
        await _clock.PassAsync(TimeSpan.FromSeconds(1));
        (await _inner.NextAsync()).Fail(new InvalidOperationException("x"));
        await _clock.PassAsync(TimeSpan.FromSeconds(2));
        (await _inner.NextAsync()).Give("stale", PacedClock.Origin);
        await _clock.PassAsync(TimeSpan.FromSeconds(4));
        await _inner.NextAsync();
        _clock.Advance(TimeSpan.FromSeconds(30));
        await _clock.PassAsync(TimeSpan.FromSeconds(8));

        Assert.Equal("Entra ID: no answer in time", _subject.WaitingFor);
        Assert.Equal([251, 251, 251, 251], _log.Ids);
        (await _inner.NextAsync()).Give("one", In(hours: 1));
        await _clock.WaitOfAsync(TimeSpan.FromMinutes(30));
        await _subject.ReadyAsync(TestContext.Current.CancellationToken).Soon();
    }

    [Fact]
    public async Task Failure_OfARenewal_TheOldTokenServesToItsEnd()
    {
        await StartAsync();
        (await _inner.NextAsync()).Give("one", In(minutes: 10));
        await _clock.PassAsync(TimeSpan.FromMinutes(5));
        (await _inner.NextAsync()).Fail(new AuthenticationFailedException("x"));
        await _clock.WaitOfAsync(TimeSpan.FromSeconds(1));
        Assert.Equal("one", Synchronously());
        Assert.Null(_subject.WaitingFor);

        _clock.Advance(TimeSpan.FromMinutes(5));

        var renewal = await _inner.NextAsync();
        Assert.Equal("Entra ID: refused to give a token", _subject.WaitingFor);
        var waiting = _subject.GetTokenAsync(Ours, TestContext.Current.CancellationToken).AsTask();
        Assert.False(waiting.IsCompleted);
        renewal.Give("two", In(hours: 1));
        Assert.Equal("two", (await waiting.Soon()).Token);
        await _clock.WaitOfAsync(TimeSpan.FromMinutes(30));
        Assert.Equal([250, 251, 252], _log.Ids);
    }

    [Fact]
    public async Task Refresh_AfterA401_RenewsAtOnceAndAtMostEvery30Seconds()
    {
        await StartAsync();
        (await _inner.NextAsync()).Give("one", In(hours: 1));
        await _clock.WaitOfAsync(TimeSpan.FromMinutes(30));

        Assert.True(_subject.Refresh());
        var renewal = await _inner.NextAsync();
        Assert.False(_subject.Refresh());
        Assert.Equal("one", Synchronously());
        renewal.Give("two", In(hours: 1));
        await _clock.WaitOfAsync(TimeSpan.FromMinutes(30));
        for (var second = 0; second < 30; second++)
        {
            Assert.False(_subject.Refresh());
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.True(_subject.Refresh());
        (await _inner.NextAsync()).Give("three", In(hours: 1));
        await _clock.WaitOfAsync(TimeSpan.FromMinutes(30));
        Assert.Equal("three", Synchronously());
        Assert.Equal(1, _inner.MostInFlight);
    }

    [Theory]
    [InlineData("https://vault.azure.net/.default", null, null)]
    [InlineData(Scope, """{"access_token":{}}""", null)]
    [InlineData(Scope, null, "6f8d4a1e-0000-4000-8000-000000000001")]
    public async Task GetToken_ForSomethingElse_GoesToTheInnerCredential(string scope, string? claims, string? tenant)
    {
        await StartAsync();
        (await _inner.NextAsync()).Give("ours", In(hours: 1));
        await _clock.WaitOfAsync(TimeSpan.FromMinutes(30));
        using var caller = new CancellationTokenSource();

        var asked = _subject.GetTokenAsync(new TokenRequestContext([scope], null, claims, tenant), caller.Token).AsTask();

        var request = await _inner.NextAsync();
        Assert.Equal(caller.Token, request.CancellationToken);
        request.Give("theirs", In(hours: 1));
        Assert.Equal("theirs", (await asked.Soon()).Token);
        Assert.Equal("ours", Synchronously());
    }

    [Fact]
    public async Task Stop_DuringAFetch_CancelsIt()
    {
        await StartAsync();
        var request = await _inner.NextAsync();

        await _subject.StopAsync(TestContext.Current.CancellationToken).Soon();

        Assert.True(request.CancellationToken.IsCancellationRequested);
        Assert.Empty(_log.Ids);
    }

    private Task StartAsync() => _subject.StartAsync(TestContext.Current.CancellationToken);

    private DateTimeOffset In(int hours = 0, int minutes = 0) => _clock.GetUtcNow().AddHours(hours).AddMinutes(minutes);

    private string Synchronously()
    {
        var token = _subject.GetTokenAsync(Ours, CancellationToken.None);
        if (token.IsCompletedSuccessfully)
            return token.Result.Token;
        Assert.Fail("It has to wait.");
        return "";
    }
}
