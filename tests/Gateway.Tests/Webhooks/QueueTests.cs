using System.Net;
using Azure.Storage.Queues;
using Gateway.Tests.Storage;
using Tests.Shared.Azurite;

namespace Gateway.Tests.Webhooks;

/// <summary>Who works on with what was stored learns of it by a message.</summary>
public sealed class QueueTests(Azurite azurite)
{
    [Fact]
    public async Task Event_Stored_IsAnnouncedOnceByTheNameOfItsBlob()
    {
        var connection = await azurite.ConnectionStringAsync();
        await using var host = await WebhookHost.StartAsync(azurite, settings: new() { ["Storage:Queue"] = "calls-" + Guid.NewGuid().ToString("N") });

        await host.SendAsync(Events.Transcription());
        await host.SendAsync(Events.Transcription(message: "Sent again."));
        Assert.Equal(HttpStatusCode.Forbidden, (await host.SendAsync(Events.Transcription("conv_2"), host.Sign("x"u8))).Status);

        var queue = new QueueClient(connection, host.Setting("Storage:Queue"));
        var messages = await queue.ReceiveMessagesAsync(10, cancellationToken: TestContext.Current.CancellationToken);
        var message = Assert.Single(messages.Value);
        Assert.Equal(
            $$"""{"type":"post_call_transcription","agent_id":"agent_1","conversation_id":"conv_1","container":"{{host.Setting("Storage:Container")}}","blob":"agent_1/2026/11/22/conv_1.json"}""",
            message.MessageText);
        Assert.Equal(["post_call_transcription"], (await host.Archive.FindAsync("conv_1", TestContext.Current.CancellationToken)).Select(entry => entry.Type));
    }

    [Fact]
    public async Task Account_ListedAsAWhole_HoldsBlobRowsAndMessage()
    {
        await using var own = await AzuriteProcess.StartAsync();
        await using var host = await WebhookHost.StartAsync(own.ConnectionString, new() { ["Storage:Queue"] = "calls" });

        Assert.Empty(await WholeAccount.ListAsync(own.ConnectionString));
        await host.SendAsync(Events.Transcription(user: null));

        var (container, table) = (host.Setting("Storage:Container"), host.Setting("Storage:Table"));
        var found = await WholeAccount.ListAsync(own.ConnectionString);
        Assert.Equal(7, found.Length);
        Assert.Contains($"{container}/agent_1/2026/11/22/conv_1.json", found);
        Assert.Contains($"{table}/day/2026-11-22.conv_1.post_call_transcription", found);
        Assert.Single(found, name => name.StartsWith($"{table}/call.conv_1/post_call_transcription.message-", StringComparison.Ordinal));
        Assert.Single(found, name => name.StartsWith("calls/", StringComparison.Ordinal));
    }
}
