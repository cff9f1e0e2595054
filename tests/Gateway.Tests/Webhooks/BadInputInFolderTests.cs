namespace Gateway.Tests.Webhooks;

public sealed class BadInputInFolderTests : BadInputTests
{
    private protected override Task<WebhookHost> StartAsync() => WebhookHost.StartAsync(connectionString: null);

    private protected override Task<string[]> FoundAsync(WebhookHost host) => host.ContentsAsync();
}
