using System.Net;
using System.Text;

namespace Gateway.Tests.Webhooks;

/// <summary>Signatures that are right, though not in the simplest way.</summary>
public sealed class AcceptedSignatureTests : IAsyncLifetime
{
    private static readonly byte[] Body = Encoding.UTF8.GetBytes(Events.Transcription());

    private WebhookHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await WebhookHost.StartAsync(connectionString: null);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(-1800)]
    [InlineData(300)]
    public async Task Signature_JustInTime_IsAccepted(int seconds) =>
        Assert.Equal(HttpStatusCode.OK, (await _host.SendAsync(Body, _host.Sign(Body, WebhookHost.Now.AddSeconds(seconds)))).Status);

    [Fact]
    public async Task Signature_OfTheSecretBefore_IsAccepted() =>
        Assert.Equal(HttpStatusCode.OK, (await _host.SendAsync(Body, _host.Sign(Body, secret: WebhookHost.OldSecret))).Status);

    [Fact]
    public async Task Signature_OneOfSeveral_IsAccepted() =>
        Assert.Equal(HttpStatusCode.OK, (await _host.SendAsync(Body, _host.Sign(Body) + ",v0=" + new string('0', 64) + ",v1=abc")).Status);
}
