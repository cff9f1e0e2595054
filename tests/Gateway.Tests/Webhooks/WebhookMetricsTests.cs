using Gateway.Tests.Storage;
using Gateway.Webhooks;
using Microsoft.Extensions.Logging;

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
        var line = Assert.Single(host.Gateway.Log.Records, record => record.Event.Id == 304);
        Assert.Equal((LogLevel.Information, $"Times at ElevenLabs: agent agent_1, conversation conv_1, first token 370 500 ms, first sentence 550 ms, {line.Values["RequestId"]}"), (line.Level, line.Message));
        Assert.Equal(Assert.Single(host.Gateway.Log.Records, record => record.Event.Id == 300).Values["RequestId"], line.Values["RequestId"]);
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
        Assert.Single(host.Gateway.Log.Records, record => record.Event.Id == 304);
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
        Assert.Equal(["conv_1", "conv_2"], host.Gateway.Log.Records.Where(record => record.Event.Id == 304).Select(record => record.Values["ConversationId"]));
    }

    [Fact]
    public async Task Transcript_WithoutTimes_LeavesNoLineOfThem()
    {
        await using var host = await WebhookHost.StartAsync(azurite, StoragePlace.Folder);

        await host.SendAsync(Events.Transcription().Replace("elapsed_time", "another_time", StringComparison.Ordinal));
        await host.SendAsync(Events.Failure());

        Assert.Equal(2, host.Gateway.Log.Records.Count(record => record.Event.Id == 300));
        Assert.DoesNotContain(host.Gateway.Log.Records, record => record.Event.Id == 304);
    }

    [Fact]
    public void Times_OfTheLongestCall_LeaveALineOfBoundedLength()
    {
        var id = new string('i', 128);
        var call = new WebhookEvent { Type = WebhookEvent.Transcription, AgentId = id, ConversationId = id };
        for (var turn = 0; turn < 10_000; turn++)
        {
            call.TimesToFirstToken.Add(3599.9996);
            call.TimesToFirstSentence.Add(turn);
        }

        using var log = new LogRecorder();
        WebhookLog.Turns(log.CreateLogger("test"), call, "req_0123456789abcdef0123456789abcdef");

        var line = Assert.Single(log.Records);
        Assert.InRange(line.Message.Length, 1, 8 * 1024);
        Assert.Equal(Enumerable.Repeat("3600000", 400), line.Values["FirstTokenMs"]!.ToString()!.Split(' '));
        Assert.EndsWith(" 399000", line.Values["FirstSentenceMs"]!.ToString(), StringComparison.Ordinal);
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
