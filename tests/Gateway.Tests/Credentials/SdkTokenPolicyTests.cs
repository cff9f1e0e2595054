using System.ClientModel.Primitives;
using System.Threading.Channels;
using Azure.AI.OpenAI;
using Azure.Core;
using Gateway.Credentials;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Gateway.Tests.Credentials;

/// <summary>
/// Pins how the token policy of Azure.AI.OpenAI asks its credential: <see cref="BackgroundToken"/> is built around it, and
/// another version of the package may do otherwise.
/// </summary>
public sealed class SdkTokenPolicyTests : IAsyncLifetime
{
    private const string Scope = "https://cognitiveservices.azure.com/.default";

    private readonly PacedClock _clock = new();
    private readonly ScriptedCredential _inner = new();
    private readonly Channel<string> _presented = Channel.CreateUnbounded<string>();
    private readonly WebApplication _upstream;
    private int _status = 200;

    public SdkTokenPolicyTests()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _upstream = builder.Build();
        _upstream.Run(context =>
        {
            _presented.Writer.TryWrite(context.Request.Headers.Authorization.ToString());
            context.Response.StatusCode = _status;
            return Task.CompletedTask;
        });
    }

    public async ValueTask InitializeAsync() => await _upstream.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _upstream.DisposeAsync();

    [Fact]
    public async Task Policy_TokenRenewedInBackground_NextRequestCarriesIt()
    {
        using var token = new BackgroundToken(_inner, Scope, _clock, new LogLines<BackgroundToken>());
        await token.StartAsync(TestContext.Current.CancellationToken);
        // Long enough that the policy, left to itself, would keep it: it looks at the machine's clock.
        (await _inner.NextAsync()).Give("one", _clock.GetUtcNow().AddHours(24), _clock.GetUtcNow().AddHours(12));
        await token.ReadyAsync(TestContext.Current.CancellationToken).Soon();
        var client = CreateClient(token);

        Assert.Equal("Bearer one", await SendAsync(client, TestContext.Current.CancellationToken));
        Assert.Equal("Bearer one", await SendAsync(client, TestContext.Current.CancellationToken));
        await _clock.PassAsync(TimeSpan.FromHours(12));
        var renewal = await _inner.NextAsync();
        Assert.Equal("Bearer one", await SendAsync(client, TestContext.Current.CancellationToken));
        renewal.Give("two", _clock.GetUtcNow().AddHours(24), _clock.GetUtcNow().AddHours(12));
        await _clock.WaitOfAsync(TimeSpan.FromHours(12));

        Assert.Equal("Bearer two", await SendAsync(client, TestContext.Current.CancellationToken));
        Assert.False(_inner.WasAsked(out _));
    }

    [Fact]
    public async Task Policy_Asks_WithOurScopeAloneAndNoCancellation()
    {
        var client = CreateClient(_inner);
        using var caller = new CancellationTokenSource();
        var sending = SendAsync(client, caller.Token);

        var request = await _inner.NextAsync();

        Assert.Equal([Scope], request.Context.Scopes);
        Assert.Null(request.Context.Claims);
        Assert.Null(request.Context.TenantId);
        Assert.False(request.Context.IsProofOfPossessionEnabled);
        // So a turn that gives up is not released by the policy.
        Assert.False(request.CancellationToken.CanBeCanceled);
        await caller.CancelAsync();
        Assert.False(sending.IsCompleted);
        request.Give("one", _clock.GetUtcNow().AddHours(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending.Soon());
    }

    [Fact]
    public async Task Policy_OrdinaryToken_IsKeptUntilA401()
    {
        var client = CreateClient(_inner);
        var first = SendAsync(client, TestContext.Current.CancellationToken);
        (await _inner.NextAsync()).Give("one", _clock.GetUtcNow().AddHours(1));
        Assert.Equal("Bearer one", await first.Soon());
        Assert.Equal("Bearer one", await SendAsync(client, TestContext.Current.CancellationToken));
        Assert.False(_inner.WasAsked(out _));

        _status = 401;
        await SendAsync(client, TestContext.Current.CancellationToken);
        _status = 200;
        var after = SendAsync(client, TestContext.Current.CancellationToken);
        (await _inner.NextAsync()).Give("two", _clock.GetUtcNow().AddHours(1));

        Assert.Equal("Bearer two", await after.Soon());
    }

    private AzureOpenAIClient CreateClient(TokenCredential credential) =>
        new(new Uri(_upstream.Urls.Single()), credential, new AzureOpenAIClientOptions { RetryPolicy = new ClientRetryPolicy(0) });

    private async Task<string> SendAsync(AzureOpenAIClient client, CancellationToken cancellationToken)
    {
        using var message = client.Pipeline.CreateMessage();
        message.Request.Method = "GET";
        message.Request.Uri = new Uri(_upstream.Urls.Single());
        message.Apply(new RequestOptions { CancellationToken = cancellationToken });
        await client.Pipeline.SendAsync(message).AsTask().Soon();
        return await _presented.Reader.ReadAsync(TestContext.Current.CancellationToken).Soon();
    }
}
