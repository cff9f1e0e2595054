using Gateway.Tests.Storage;
using Gateway.Webhooks;

namespace Gateway.Tests.Webhooks;

/// <summary>What is counted, and what is logged.</summary>
public sealed class WebhookMetricsTests(Azurite azurite)
{
    [Theory]
    [InlineData("true", "stored")]
    [InlineData("false", "not_kept")]
    public async Task Transcript_Received_GivesElevenLabsTurnTimes(string keep, string outcome)
    {
        await using var host = await WebhookHost.StartAsync(azurite, StoragePlace.Folder, new() { ["Webhooks:KeepTranscripts"] = keep });
        using var metrics = new RecordedMeter(host.Gateway.Services, WebhookMetrics.MeterName);

        await host.SendAsync(Events.Transcription());

        Assert.Equal([$"events post_call_transcription {outcome} -"], metrics.Counts);
        Assert.Equal(["time_to_first_token 0.37", "time_to_first_token 0.5", "time_to_first_sentence 0.55"], metrics.Values);
    }

    [Fact]
    public async Task Events_SentTwice_AreCountedByOutcomeAndMeasuredOnce()
    {
        await using var host = await WebhookHost.StartAsync(azurite, StoragePlace.Folder);
        using var metrics = new RecordedMeter(host.Gateway.Services, WebhookMetrics.MeterName);
        var body = Events.Transcription();

        await host.SendAsync(body);
        await host.SendAsync(body);
        await host.SendAsync(body + " ");
        await host.SendAsync("""{"type":"of_nobody","data":{}}""");

        Assert.Equal(
            ["events post_call_transcription stored -", "events post_call_transcription replayed replayed", "events post_call_transcription duplicate -", "events other stored -"],
            metrics.Counts);
        Assert.Equal(3, metrics.Values.Count);
    }

    [Fact]
    public async Task Events_OfAKindThatIsNotKeptSentTwice_AreReplaysAndMeasuredOnce()
    {
        await using var host = await WebhookHost.StartAsync(azurite, StoragePlace.Folder, new() { ["Webhooks:KeepTranscripts"] = "false", ["Webhooks:KeepAudio"] = "false" });
        using var metrics = new RecordedMeter(host.Gateway.Services, WebhookMetrics.MeterName);
        var body = Events.Transcription();

        await host.SendAsync(body);
        var again = await host.SendAsync(body);
        await host.SendAsync(Events.Transcription("conv_2"));
        await host.SendAsync(body, host.Sign("x"u8));

        Assert.Equal((409, "replayed"), ((int)again.Status, again.ErrorCode));
        Assert.Equal(
            ["events post_call_transcription not_kept -", "events post_call_transcription replayed replayed", "events post_call_transcription not_kept -", "events none rejected invalid_signature"],
            metrics.Counts);
        Assert.Equal(6, metrics.Values.Count);
    }

    [Fact]
    public async Task Webhook_RightOrWrong_LeavesOneLineWithoutContent()
    {
        await using var host = await WebhookHost.StartAsync(azurite, StoragePlace.Folder);

        await host.SendAsync(Events.Transcription());
        await host.SendAsync(Events.Transcription("conv_forged", "agent_forged"), host.Sign("x"u8));

        var lines = host.Gateway.Log.Records.Where(record => record.Event.Id == 300).ToArray();
        Assert.Equal(["Stored", "Rejected"], lines.Select(line => line.Values["Outcome"]!.ToString()));
        Assert.Equal("conv_1", lines[0].Values["ConversationId"]);
        Assert.Null(lines[1].Values["ConversationId"]);
        string[] secrets = ["Grüß", "user-1", "4915112345678", "greeting", "forged", WebhookHost.Secret, "v0="];
        Assert.All(host.Gateway.Log.Records, record => Assert.DoesNotContain(secrets, secret => record.Message.Contains(secret, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Webhook_WithoutItsSecret_Is503()
    {
        await using var host = await WebhookHost.StartAsync(azurite, StoragePlace.Folder, new() { ["Webhooks:Secret"] = "absent" });
        using var metrics = new RecordedMeter(host.Gateway.Services, WebhookMetrics.MeterName);

        var answer = await host.SendAsync(Events.Transcription());

        Assert.Equal((503, "not_ready"), ((int)answer.Status, answer.ErrorCode));
        Assert.Equal(["events none unavailable not_ready"], metrics.Counts);
    }
}
