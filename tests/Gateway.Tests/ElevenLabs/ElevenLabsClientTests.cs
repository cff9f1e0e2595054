using Gateway.ElevenLabs;
using Gateway.Tests.Credentials;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.ElevenLabs;

/// <summary>What passes by itself is waited for, as long as ElevenLabs asks for and no longer.</summary>
public sealed class ElevenLabsClientTests : IAsyncLifetime
{
    private readonly PacedClock _clock = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });
    private FakeElevenLabs _elevenLabs = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _elevenLabs = await FakeElevenLabs.StartAsync();
        _elevenLabs.Conversations.Add(new("conv_1", 100));
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _elevenLabs.DisposeAsync();
    }

    [Theory]
    [InlineData("17", 17)]
    [InlineData("Tue, 01 Jan 2030 00:00:42 GMT", 42)]
    [InlineData("86400", 300)]
    [InlineData(null, 1)]
    public async Task TooManyRequests_Answered_AreTriedAgainWhenAskedFor(string? retryAfter, int seconds)
    {
        Refuse(429, retryAfter, times: 1);

        var answer = Client().GetAsync("conv_1", Ct);
        await _clock.PassAsync(TimeSpan.FromSeconds(seconds));

        using var response = await answer;
        Assert.Contains("\"conv_1\"", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.Equal(2, _elevenLabs.Asked.Length);
    }

    [Fact]
    public async Task Failure_ThatStays_IsToldAfterFourTries()
    {
        Refuse(503, retryAfter: null, times: 10);

        var answer = Client().GetAsync("conv_1", Ct);
        foreach (var seconds in new[] { 1, 2, 4 }) await _clock.PassAsync(TimeSpan.FromSeconds(seconds));

        Assert.Equal("HTTP 503", (await Assert.ThrowsAsync<ElevenLabsException>(() => answer)).Message);
        Assert.Equal(4, _elevenLabs.Asked.Length);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"conversations":[{}],"has_more":false}""")]
    [InlineData("""{"conversations":[{"agent_id":"a","conversation_id":"c","status":"done","start_time_unix_secs":1e300,"call_duration_secs":1}],"has_more":false}""")]
    [InlineData("""{"conversations":[],"has_more":true,"next_cursor":"the same"}""")]
    public async Task List_ThatCannotBeRead_IsAFailure(string body)
    {
        _elevenLabs.Fault = async (context, _, _) =>
        {
            await context.Response.WriteAsync(body);
            return true;
        };

        await Assert.ThrowsAsync<ElevenLabsException>(async () => await Client().ListAsync(DateTimeOffset.UnixEpoch, PacedClock.Origin, null, Ct).ToListAsync(Ct));
    }

    private ElevenLabsClient Client() => new(_http, _elevenLabs.Endpoint, FakeElevenLabs.Key, _clock);

    private void Refuse(int status, string? retryAfter, int times) => _elevenLabs.Fault = (context, _, before) =>
    {
        if (before >= times) return Task.FromResult(false);
        context.Response.StatusCode = status;
        if (retryAfter is not null) context.Response.Headers.RetryAfter = retryAfter;
        return Task.FromResult(true);
    };
}
