using System.Net;
using System.Text;
using Gateway.Tests.Storage;
using Gateway.Webhooks;

namespace Gateway.Tests.Webhooks;

/// <summary>What becomes of events that are right, in both kinds of storage.</summary>
public sealed class StoredEventTests(Azurite azurite)
{
    public static TheoryData<StoragePlace> Places => [StoragePlace.Azurite, StoragePlace.Folder];

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Transcript_Sent_IsStoredByteForByteAndIndexed(StoragePlace place)
    {
        await using var host = await WebhookHost.StartAsync(azurite, place);
        var body = Events.Transcription();

        var answer = await host.SendAsync(body);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("""{"status":"stored"}""", answer.Body);
        Assert.Equal(body, Encoding.UTF8.GetString(await host.ReadAsync("agent_1/2026/11/22/conv_1.json")));
        var contents = await host.ContentsAsync();
        Assert.Equal(
            ["blobs/agent_1/2026/11/22/conv_1.json", "index/agent.agent_1/2026-11-22.conv_1.json", "index/call.conv_1/post_call_transcription.json", "index/day/2026-11-22.conv_1.post_call_transcription.json"],
            contents.Where(name => !name.StartsWith("index/user.", StringComparison.Ordinal)));
        // By their id and by their number.
        Assert.Equal(2, contents.Count(name => name.StartsWith("index/user.", StringComparison.Ordinal)));
        Assert.DoesNotContain(contents, name => name.Contains("4915112345678", StringComparison.Ordinal) || name.Contains("user-1", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Audio_Sent_IsStoredDecodedBesideItsTranscriptAlsoAfterMidnight(StoragePlace place)
    {
        await using var host = await WebhookHost.StartAsync(azurite, place);
        var recording = Recording(1_500_001);

        await host.SendAsync(Events.Transcription());
        var answer = await host.SendAsync(Events.Audio(recording, timestamp: Events.Timestamp + 86_400));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(recording, await host.ReadAsync("agent_1/2026/11/22/conv_1.mp3"));
        Assert.Equal(["post_call_audio", "post_call_transcription"], (await host.Archive.FindAsync("conv_1", TestContext.Current.CancellationToken)).Select(entry => entry.Type));
        if (place == StoragePlace.Azurite) Assert.Equal("audio/mpeg", await host.ContentTypeAsync("agent_1/2026/11/22/conv_1.mp3"));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Transcript_LargerThanABlock_IsStoredByteForByte(StoragePlace place)
    {
        await using var host = await WebhookHost.StartAsync(azurite, place);
        var body = Events.Transcription(message: string.Concat(Enumerable.Repeat("Wörter \\\" \\u00e9 ", 120_000)));

        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(body)).Status);

        Assert.Equal(body, Encoding.UTF8.GetString(await host.ReadAsync("agent_1/2026/11/22/conv_1.json")));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Events_OfOtherTypes_AreKeptBeside(StoragePlace place)
    {
        await using var host = await WebhookHost.StartAsync(azurite, place);
        string[] bodies =
        [
            Events.Failure(),
            """{"data":{"conversation_id":"conv_1","agent_id":"agent_1","x":[]},"type":"of_tomorrow","event_timestamp":1795341600}""",
            """{"type":"of_nobody","event_timestamp":1795341600.5,"voice":"gone"}""",
        ];

        foreach (var body in bodies) Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(body)).Status);

        var blobs = (await host.ContentsAsync()).Where(name => name.StartsWith("blobs/", StringComparison.Ordinal)).ToArray();
        Assert.Equal(3, blobs.Length);
        Assert.Equal("blobs/agent_1/2026/11/22/conv_1.call_initiation_failure.json", blobs[0]);
        Assert.Equal("blobs/agent_1/2026/11/22/conv_1.of_tomorrow.json", blobs[1]);
        Assert.Matches(@"^blobs/none/2026/11/22/event-[0-9a-f]{32}\.of_nobody\.json$", blobs[2]);
        Assert.Equal(bodies[2], Encoding.UTF8.GetString(await host.ReadAsync(blobs[2]["blobs/".Length..])));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Event_SentAgainWithAnotherSignature_Is200AndStoredOnce(StoragePlace place)
    {
        await using var host = await WebhookHost.StartAsync(azurite, place);
        var first = Events.Transcription();
        await host.SendAsync(first);
        var contents = await host.ContentsAsync();

        host.Time.Advance(TimeSpan.FromHours(14));
        var answer = await host.SendAsync(Events.Transcription(message: "Another.", timestamp: Events.Timestamp + 50_400));

        Assert.Equal((HttpStatusCode.OK, """{"status":"stored"}"""), (answer.Status, answer.Body));
        Assert.Equal(contents, await host.ContentsAsync());
        Assert.Equal(first, Encoding.UTF8.GetString(await host.ReadAsync("agent_1/2026/11/22/conv_1.json")));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Event_ReplayedAsItWas_Is409AndStoresNothing(StoragePlace place)
    {
        await using var host = await WebhookHost.StartAsync(azurite, place);
        var body = Events.Audio(Recording(700_000));
        var signature = host.Sign(body);
        await host.SendAsync(body, signature);
        var contents = await host.ContentsAsync();

        var answer = await host.SendAsync(body, signature);

        Assert.Equal(HttpStatusCode.Conflict, answer.Status);
        Assert.Equal("replayed", answer.ErrorCode);
        Assert.Equal(contents, await host.ContentsAsync());
    }

    [Fact]
    public async Task Duplicate_ReplayedAsItWas_Is409()
    {
        await using var host = await WebhookHost.StartAsync(azurite, StoragePlace.Folder);
        var body = Events.Transcription();
        await host.SendAsync(body);
        var later = host.Sign(Encoding.UTF8.GetBytes(body), WebhookHost.Now.AddSeconds(1));

        Answer[] answers = [await host.SendAsync(body, later), await host.SendAsync(body, later), await host.SendAsync(body)];

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Conflict, HttpStatusCode.Conflict], answers.Select(answer => answer.Status));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Calls_Listed_AreThoseOfTheAgentTheEndUserAndTheDays(StoragePlace place)
    {
        await using var host = await WebhookHost.StartAsync(azurite, place);
        var (day, next) = (new DateOnly(2026, 11, 22), new DateOnly(2026, 11, 23));
        await host.SendAsync(Events.Transcription("conv_1", "agent_1", "user-1"));
        await host.SendAsync(Events.Transcription("conv_2", "agent_2", "user-1", Events.Timestamp + 86_400));
        await host.SendAsync(Events.Transcription("conv_3", "agent_1", "user-2", Events.Timestamp + 86_400));

        Assert.Equal([new ArchivedCall("agent_1", "conv_1", day), new("agent_1", "conv_3", next)], await host.CallsOfAgentAsync("agent_1", day, next));
        Assert.Equal(["conv_3"], Ids(await host.CallsOfAgentAsync("agent_1", next, next)));
        Assert.Equal(["conv_1", "conv_2"], Ids(await host.CallsOfEndUserAsync("user-1")));
        Assert.Equal(["conv_1", "conv_2", "conv_3"], Ids(await host.CallsOfEndUserAsync("+4915112345678")));
        Assert.Equal(["conv_2", "conv_3"], Ids(await host.CallsOfDayAsync(next)));

        host.Time.Advance(TimeSpan.FromDays(32));
        Assert.Empty(await host.Archive.FindAsync("conv_1", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Calls_WithoutTheEndUserKey_AreIndexedWithoutTheEndUser()
    {
        await using var host = await WebhookHost.StartAsync(azurite, StoragePlace.Folder, new() { ["EndUserKeySecret"] = "absent" });

        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(Events.Transcription())).Status);

        Assert.DoesNotContain(await host.ContentsAsync(), name => name.StartsWith("index/user.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false, false, 0, 0)]
    [InlineData(true, false, 1, 0)]
    [InlineData(false, true, 0, 1)]
    public async Task Events_OfAKindThatIsNotKept_Are200AndStoreNothing(bool transcripts, bool audio, int json, int mp3)
    {
        await using var host = await WebhookHost.StartAsync(azurite, StoragePlace.Folder, new()
        {
            ["Webhooks:KeepTranscripts"] = transcripts.ToString(),
            ["Webhooks:KeepAudio"] = audio.ToString(),
        });

        var answers = new[] { await host.SendAsync(Events.Transcription()), await host.SendAsync(Events.Audio(Recording(900_000))) };

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
        Assert.Equal(2 - json - mp3, answers.Count(answer => answer.Body == """{"status":"received"}"""));
        var contents = await host.ContentsAsync();
        Assert.Equal(json, contents.Count(name => name.EndsWith("conv_1.json", StringComparison.Ordinal) && name.StartsWith("blobs/", StringComparison.Ordinal)));
        Assert.Equal(mp3, contents.Count(name => name.EndsWith(".mp3", StringComparison.Ordinal)));
        if (json + mp3 == 0) Assert.Empty(contents);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Transcript_WhereOnlyAudioIsKept_IsIndexedSoThatItsEndUserIsFound(StoragePlace place)
    {
        await using var host = await WebhookHost.StartAsync(azurite, place, new() { ["Webhooks:KeepTranscripts"] = "false" });
        var body = Events.Transcription();

        await host.SendAsync(Events.Audio(Recording(3000)));
        var answers = new[] { await host.SendAsync(body), await host.SendAsync(body + " "), await host.SendAsync(body) };

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.Conflict], answers.Select(answer => answer.Status));
        Assert.Equal("""{"status":"received"}""", answers[1].Body);
        Assert.Equal(["blobs/agent_1/2026/11/22/conv_1.mp3"], (await host.ContentsAsync()).Where(name => name.StartsWith("blobs/", StringComparison.Ordinal)));
        Assert.Equal(["conv_1"], Ids(await host.CallsOfEndUserAsync("user-1")));
        Assert.Equal(["conv_1"], Ids(await host.CallsOfEndUserAsync("+4915112345678")));
        Assert.Equal(["agent_1/2026/11/22/conv_1.mp3", null], (await host.Archive.FindAsync("conv_1", TestContext.Current.CancellationToken)).Select(entry => entry.Blob));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Transcript_IndexedBeforeTranscriptsWereKept_IsStoredWhenItComesAgain(StoragePlace place)
    {
        await using var host = await WebhookHost.StartAsync(azurite, place, new() { ["Webhooks:KeepTranscripts"] = "false" });
        await host.SendAsync(Events.Transcription());
        var archive = host.Archive;

        await using var upload = await archive.BeginAsync(new WebhookEvent { Type = WebhookEvent.Transcription, AgentId = "agent_1", ConversationId = "conv_1" }, keep: true, TestContext.Current.CancellationToken);

        Assert.NotNull(upload.Blob);
        Assert.Equal("agent_1/2026/11/22/conv_1.json", upload.Name);
    }

    [Fact]
    public async Task Webhook_NotSwitchedOn_IsNoRoute()
    {
        await using var host = await WebhookHost.StartAsync(azurite, StoragePlace.Folder, new() { ["Webhooks:Enabled"] = "false" });

        var answer = await host.SendAsync(Events.Transcription());

        Assert.Equal((HttpStatusCode.NotFound, "unknown_route"), (answer.Status, answer.ErrorCode));
        Assert.Empty(await host.ContentsAsync());
    }

    internal static byte[] Recording(int length)
    {
        var recording = new byte[length];
        new Random(length).NextBytes(recording);
        return recording;
    }

    private static string[] Ids(List<ArchivedCall> calls) => [.. calls.Select(call => call.ConversationId).Order(StringComparer.Ordinal)];
}
