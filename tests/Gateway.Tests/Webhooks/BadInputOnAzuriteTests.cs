using Gateway.Tests.Storage;

namespace Gateway.Tests.Webhooks;

/// <summary>An account that none but these tests write to: nothing may be found in the whole of it, after each and after all of them.</summary>
public sealed class BadInputOnAzuriteTests(OwnAzurite azurite) : BadInputTests, IClassFixture<OwnAzurite>
{
    private protected override async Task<WebhookHost> StartAsync() => await WebhookHost.StartAsync(await azurite.ConnectionStringAsync(), new() { ["Storage:Queue"] = "calls" });

    private protected override async Task<string[]> FoundAsync(WebhookHost host) => await WholeAccount.ListAsync(await azurite.ConnectionStringAsync());
}
