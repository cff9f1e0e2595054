using System.Collections.Concurrent;
using System.Net;
using Azure.Core;
using Azure.Identity;
using Gateway.Credentials;
using Microsoft.Extensions.Configuration;

namespace Gateway.Tests.Credentials;

public sealed class AzureCredentialTests
{
    private const string Scope = "https://cognitiveservices.azure.com/.default";

    [Theory]
    [InlineData("AZURE_CLIENT_ID")]
    [InlineData("IDENTITY_ENDPOINT")]
    public void Create_InAzure_IsTheManagedIdentity(string setting)
    {
        using var endpoint = new IdentityEndpoint();

        Assert.IsType<ManagedIdentityCredential>(AzureCredential.Create(Configuration((setting, "x")), endpoint));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    public void Create_Elsewhere_IsTheDevelopersSignIn(string? clientId)
    {
        using var endpoint = new IdentityEndpoint();

        Assert.IsType<ChainedTokenCredential>(AzureCredential.Create(Configuration(("AZURE_CLIENT_ID", clientId)), endpoint));
    }

    [Fact]
    public async Task Token_UserAssignedIdentity_IsAskedByClientIdThroughTheHandler()
    {
        var clientId = Guid.NewGuid().ToString();
        using var endpoint = new IdentityEndpoint();
        var credential = AzureCredential.Create(Configuration(("AZURE_CLIENT_ID", clientId)), endpoint);

        var token = await credential.GetTokenAsync(new TokenRequestContext([Scope]), TestContext.Current.CancellationToken);

        Assert.Equal("token-1", token.Token);
        var asked = Assert.Single(endpoint.Asked);
        Assert.Contains(clientId, asked.Query, StringComparison.Ordinal);
        Assert.Contains("resource=https://cognitiveservices.azure.com", Uri.UnescapeDataString(asked.Query), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refresh_ManagedIdentity_GoesPastItsCache()
    {
        using var endpoint = new IdentityEndpoint();
        var credential = AzureCredential.Create(Configuration(("AZURE_CLIENT_ID", Guid.NewGuid().ToString())), endpoint);
        var context = new TokenRequestContext([Scope]);
        // MSAL judges tokens by the machine's time.
        var clock = new PacedClock(TimeProvider.System.GetUtcNow());
        using var subject = new BackgroundToken(credential, Scope, clock, new LogLines<BackgroundToken>());
        await subject.StartAsync(TestContext.Current.CancellationToken);
        await PauseAsync(clock);
        Assert.Equal("token-1", (await subject.GetTokenAsync(context, TestContext.Current.CancellationToken)).Token);
        Assert.Equal("token-1", (await credential.GetTokenAsync(context, TestContext.Current.CancellationToken)).Token);

        subject.Refresh();
        await PauseAsync(clock);

        Assert.Equal("token-2", (await subject.GetTokenAsync(context, TestContext.Current.CancellationToken)).Token);
        Assert.Equal(2, endpoint.Asked.Count);
        await subject.StopAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Completes with the pause that follows a fetch: MSAL renews at half the life of a token.</summary>
    private static async Task PauseAsync(PacedClock clock)
    {
        await clock.WaitOfAsync(TimeSpan.FromSeconds(30));
        Assert.InRange(await clock.NextWaitAsync(), TimeSpan.FromHours(11), TimeSpan.FromHours(13));
    }

    private static IConfiguration Configuration(params (string Key, string? Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value)))
        .Build();

    /// <summary>The identity endpoint of a virtual machine, which is the one that needs no process-wide variables.</summary>
    private sealed class IdentityEndpoint : HttpMessageHandler
    {
        public ConcurrentQueue<Uri> Asked { get; } = new();

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Enqueue(request.RequestUri!);
            var count = Asked.Count;
            var expiresOn = TimeProvider.System.GetUtcNow().AddHours(24).ToUnixTimeSeconds();
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK)
            {
                RequestMessage = request,
                Content = new StringContent(
                    $$"""{"access_token":"token-{{count}}","expires_in":"86400","expires_on":"{{expiresOn}}","resource":"https://cognitiveservices.azure.com","token_type":"Bearer"}""",
                    System.Text.Encoding.UTF8, "application/json"),
            });
        }
    }
}
