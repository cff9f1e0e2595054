using Gateway.Tests.Storage;

namespace Gateway.Tests.Webhooks;

/// <summary>An account that none but these tests write to: nothing may be found in the whole of it, after each and after all of them.</summary>
public sealed class BadInputOnAzuriteTests(OwnAzurite azurite) : BadInputTests, IClassFixture<OwnAzurite>
{
    private protected override Task<WebhookHost> StartAsync() => WebhookHost.StartAsync(azurite.ConnectionString, new() { ["Storage:Queue"] = "calls" });

    private protected override Task<string[]> FoundAsync(WebhookHost host) => WholeAccount.ListAsync(azurite.ConnectionString);
}
