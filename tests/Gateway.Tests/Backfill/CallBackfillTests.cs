using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Backfill;
using Gateway.Tests.ElevenLabs;
using Gateway.Tests.Storage;
using Gateway.Tests.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Backfill;

/// <summary>What the webhook did not bring is fetched, once.</summary>
public sealed class CallBackfillTests(Azurite azurite) : IAsyncLifetime
{
    private const long Hour = 3600;

    private static readonly BackfillRange SinceYesterday = new(WebhookHost.Now.AddDays(-1), null, null);

    private FakeElevenLabs _elevenLabs = null!;

    public static TheoryData<StoragePlace> Places => [StoragePlace.Azurite, StoragePlace.Folder];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _elevenLabs = await FakeElevenLabs.StartAsync();

    public ValueTask DisposeAsync() => _elevenLabs.DisposeAsync();

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Calls_Missing_AreStoredAsTheWebhookWouldHaveAndOnce(StoragePlace place)
    {
        await using var host = await StartAsync(place);
        var recording = StoredEventTests.Recording(1_500_001);
        Add(new("conv_1", Events.Timestamp, Recording: recording), new("conv_2", Events.Timestamp + Hour), new("conv_3", Events.Timestamp + (2 * Hour), Status: "processing"), new("conv_old", Events.Timestamp - (30 * Hour)));

        var first = await RunAsync(host);
        var contents = await host.ContentsAsync();
        var second = await RunAsync(host);

        Assert.Equal("Calls listed: 3; already there: 0; forgotten: 0; not done yet: 1. Added: 2 transcripts, 1 recordings. Failed: none.", first.ToString());
        Assert.True(first.IsWhole);
        Assert.Equal("Calls listed: 3; already there: 2; forgotten: 0; not done yet: 1. Added: 0 transcripts, 0 recordings. Failed: none.", second.ToString());
        Assert.Equal(contents, await host.ContentsAsync());
        Assert.Equal(
            ["blobs/agent_1/2026/11/22/conv_1.json", "blobs/agent_1/2026/11/22/conv_1.mp3", "blobs/agent_1/2026/11/22/conv_2.json"],
            contents.Where(name => name.StartsWith("blobs/", StringComparison.Ordinal)));
        Assert.Equal(recording, await host.ReadAsync("agent_1/2026/11/22/conv_1.mp3"));
        var stored = JsonNode.Parse(await host.ReadAsync("agent_1/2026/11/22/conv_1.json"))!;
        Assert.Equal(("post_call_transcription", Events.Timestamp + 60), ((string)stored["type"]!, (long)stored["event_timestamp"]!));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(_elevenLabs.Conversations[^1].Details()), stored["data"]));
        Assert.Equal(["conv_1", "conv_2"], (await host.CallsOfEndUserAsync("user-1")).Select(call => call.ConversationId));
    }

    [Fact]
    public async Task Calls_ThatTheWebhookBrought_AreLeftAlone()
    {
        await using var host = await StartAsync(StoragePlace.Folder);
        var recording = StoredEventTests.Recording(3000);
        Add(new("conv_1", Events.Timestamp, Recording: recording), new("conv_2", Events.Timestamp, Recording: recording));
        foreach (var id in new[] { "conv_1", "conv_2" }) await host.SendAsync(Events.Transcription(id));
        await host.SendAsync(Events.Audio(recording, "conv_1"));

        var report = await RunAsync(host);

        Assert.Equal((1, 0, 1), (report.There, report.Transcripts, report.Recordings));
        Assert.Equal(Events.Transcription("conv_2"), Encoding.UTF8.GetString(await host.ReadAsync("agent_1/2026/11/22/conv_2.json")));
        Assert.DoesNotContain(_elevenLabs.Asked, path => path.Contains("conv_1", StringComparison.Ordinal));

        // And the other way round: what was fetched is there for the webhook.
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(Events.Audio(recording, "conv_2"))).Status);
        Assert.Equal(2, (await host.ContentsAsync()).Count(name => name.EndsWith(".mp3", StringComparison.Ordinal)));
    }

    /// <summary>Nothing more comes of a call that failed; a status of tomorrow may be on its way to another.</summary>
    [Theory]
    [InlineData("failed", 1, 0)]
    [InlineData("initiated", 0, 1)]
    [InlineData("in-progress", 0, 1)]
    [InlineData("processing", 0, 1)]
    [InlineData("a-status-of-tomorrow", 0, 1)]
    public async Task Call_ThatWillNotChange_IsStoredAndAnotherIsNot(string status, int transcripts, int notDone)
    {
        await using var host = await StartAsync(StoragePlace.Folder);
        Add(new FakeConversation("conv_1", Events.Timestamp, Status: status));

        var report = await RunAsync(host);

        Assert.Equal((transcripts, notDone, true), (report.Transcripts, report.NotDone, report.IsWhole));
        Assert.Equal(transcripts, (await RunAsync(host)).There);
        string[] blobs = [.. (await host.ContentsAsync()).Where(static name => name.StartsWith("blobs/", StringComparison.Ordinal))];
        Assert.Equal(transcripts, blobs.Length);
        if (blobs is [var blob]) Assert.Equal(status, (string?)JsonNode.Parse(await host.ReadAsync(blob["blobs/".Length..]))!["data"]!["status"]);
    }

    [Theory]
    [InlineData("true", "false", 1, 0)]
    [InlineData("false", "true", 1, 1)]
    public async Task Call_OfWhichNotAllIsKept_IsFetchedAsFarAsItIsAndIndexed(string transcripts, string audio, int json, int mp3)
    {
        await using var host = await StartAsync(StoragePlace.Folder, new() { ["Webhooks:KeepTranscripts"] = transcripts, ["Webhooks:KeepAudio"] = audio });
        Add(new FakeConversation("conv_1", Events.Timestamp, Recording: StoredEventTests.Recording(3000)));

        var report = await RunAsync(host);

        Assert.Equal((json, mp3), (report.Transcripts, report.Recordings));
        var contents = await host.ContentsAsync();
        Assert.Equal((transcripts == "true" ? 1 : 0, mp3), (contents.Count(name => name.StartsWith("blobs/", StringComparison.Ordinal) && name.EndsWith(".json", StringComparison.Ordinal)), contents.Count(name => name.EndsWith(".mp3", StringComparison.Ordinal))));
        Assert.Equal(2, contents.Count(name => name.StartsWith("index/user.", StringComparison.Ordinal)));
        Assert.Equal(1, (await RunAsync(host)).There);
    }

    [Fact]
    public async Task List_OfManyPages_IsReadToItsEnd()
    {
        await using var host = await StartAsync(StoragePlace.Folder);
        _elevenLabs.PageSize = 3;
        Add([.. Enumerable.Range(10, 10).Select(number => new FakeConversation($"conv_{number}", Events.Timestamp + number, number % 2 == 0 ? "agent_1" : "agent_2"))]);

        var report = await RunAsync(host, SinceYesterday with { AgentId = "agent_2", Until = WebhookHost.Now });

        Assert.Equal((5, 5), (report.Listed, report.Transcripts));
        Assert.Equal(2, _elevenLabs.Asked.Count(path => path.StartsWith("/v1/convai/conversations?page_size=100&call_start_after_unix=1795262400&call_start_before_unix=1795348800&agent_id=agent_2", StringComparison.Ordinal)));
        Assert.Single(_elevenLabs.Asked, path => path.EndsWith("&cursor=page%2B3", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(500, 4, "HTTP 500")]
    [InlineData(404, 1, "HTTP 404")]
    public async Task Call_ThatCannotBeHad_IsCountedAndFetchedTheNextTime(int status, int tries, string reason)
    {
        await using var host = await StartAsync(StoragePlace.Folder);
        Add(new("conv_1", Events.Timestamp), new("conv_2", Events.Timestamp), new("conv_3", Events.Timestamp));
        _elevenLabs.Fault = (context, path, _) =>
        {
            if (!path.EndsWith("conv_2", StringComparison.Ordinal)) return Task.FromResult(false);
            context.Response.StatusCode = status;
            context.Response.Headers.RetryAfter = "0";
            return Task.FromResult(true);
        };

        var first = await RunAsync(host);
        _elevenLabs.Fault = static (_, _, _) => Task.FromResult(false);
        var second = await RunAsync(host);

        Assert.Equal($"Calls listed: 3; already there: 0; forgotten: 0; not done yet: 0. Added: 2 transcripts, 0 recordings. Failed: 1 ({reason}).", first.ToString());
        Assert.False(first.IsWhole);
        Assert.Equal(tries + 1, _elevenLabs.Asked.Count(path => path.EndsWith("conv_2", StringComparison.Ordinal)));
        Assert.Equal((2, 1, true), (second.There, second.Transcripts, second.IsWhole));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Recording_ThatBreaksOff_IsNotStoredAndFetchedTheNextTime(StoragePlace place)
    {
        await using var host = await StartAsync(place);
        var recording = StoredEventTests.Recording(2_000_000);
        Add(new FakeConversation("conv_1", Events.Timestamp, Recording: recording));
        _elevenLabs.Fault = async (context, path, before) =>
        {
            if (before > 0 || !path.EndsWith("audio", StringComparison.Ordinal)) return false;
            context.Response.ContentLength = recording.Length;
            await context.Response.Body.WriteAsync(recording.AsMemory(0, 1_000_000));
            await context.Response.Body.FlushAsync();
            context.Abort();
            return true;
        };

        var first = await RunAsync(host);
        Assert.Equal((1, 0), (first.Transcripts, first.Recordings));
        Assert.Equal(["an answer that broke off"], first.Failures.Keys);
        Assert.DoesNotContain(await host.ContentsAsync(), name => name.StartsWith("index/call.conv_1/post_call_audio", StringComparison.Ordinal));

        var second = await RunAsync(host);
        Assert.Equal((0, 1, true), (second.Transcripts, second.Recordings, second.IsWhole));
        Assert.Equal(recording, await host.ReadAsync("agent_1/2026/11/22/conv_1.mp3"));
    }

    [Fact]
    public async Task Key_Refused_StopsItAtTheList()
    {
        await using var host = await StartAsync(StoragePlace.Folder, new() { ["Secrets:12:Value"] = "another" });

        var report = await RunAsync(host);

        Assert.Equal("ElevenLabs' list: HTTP 401", report.Stopped);
        Assert.False(report.IsWhole);
        Assert.Single(_elevenLabs.Asked);
    }

    [Fact]
    public async Task Storage_Away_StopsIt()
    {
        await using var own = await RestartableAzurite.StartAsync();
        await using var host = await WebhookHost.StartAsync(own.ConnectionString, Settings());
        Add(new("conv_1", Events.Timestamp), new("conv_2", Events.Timestamp));
        await own.EndAsync();

        var report = await RunAsync(host);

        Assert.Equal(("Storage: cannot be reached", 0), (report.Stopped, report.Transcripts));
        Assert.Equal(1, report.Listed);
    }

    [Theory]
    [InlineData("""{"agent_id":"agent_1","conversation_id":"conv_2"}""", "a transcript that cannot be read: missing_required_parameter")]
    [InlineData("""{"agent_id":"agent_1","conversation_id":"conv_1" """, "a transcript that cannot be read: invalid_json")]
    [InlineData("""{"agent_id":"agent_1","conversation_id":"../conv_1"}""", "a transcript that cannot be read: invalid_value")]
    public async Task Transcript_ThatIsNotOne_IsNotStored(string body, string reason)
    {
        await using var host = await StartAsync(StoragePlace.Folder);
        Add(new FakeConversation("conv_1", Events.Timestamp, Recording: [1, 2, 3]));
        _elevenLabs.Fault = async (context, path, _) =>
        {
            if (!path.EndsWith("conv_1", StringComparison.Ordinal)) return false;
            await context.Response.WriteAsync(body);
            return true;
        };

        Assert.Equal([reason], (await RunAsync(host)).Failures.Keys);
        Assert.Empty(await host.ContentsAsync());
    }

    [Fact]
    public async Task Calls_OlderThanWhatIsKept_AreNotAskedFor()
    {
        await using var host = await StartAsync(StoragePlace.Folder);

        await RunAsync(host, new BackfillRange(WebhookHost.Now.AddDays(-90), null, null));

        Assert.Contains($"call_start_after_unix={WebhookHost.Now.AddDays(-30).ToUnixTimeSeconds()}&", Assert.Single(_elevenLabs.Asked), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ElevenLabs:KeySecret", null, "ElevenLabs__KeySecret is required")]
    [InlineData("ElevenLabs:KeySecret", "absent", "The secret absent is absent")]
    [InlineData("Webhooks:Enabled", "false", "Nothing is kept")]
    [InlineData("Secrets:3:Name", "another", "The secret end-user-key is absent")]
    public async Task Settings_WithoutWhichThereIsNothingToDo_AreNamed(string setting, string? value, string message)
    {
        await using var host = await StartAsync(StoragePlace.Folder, new() { [setting] = value });

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(host));

        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
        Assert.Empty(_elevenLabs.Asked);
    }

    private static Task<BackfillReport> RunAsync(WebhookHost host, BackfillRange? range = null) => host.Gateway.Services.GetRequiredService<CallBackfill>().RunAsync(range ?? SinceYesterday, Ct);

    private void Add(params FakeConversation[] conversations) => _elevenLabs.Conversations.InsertRange(0, conversations.Reverse());

    private Task<WebhookHost> StartAsync(StoragePlace place, Dictionary<string, string?>? settings = null) => WebhookHost.StartAsync(azurite, place, Settings(settings));

    private Dictionary<string, string?> Settings(Dictionary<string, string?>? others = null)
    {
        Dictionary<string, string?> all = new()
        {
            ["ElevenLabs:KeySecret"] = "elevenlabs-key",
            ["ElevenLabs:Endpoint"] = _elevenLabs.Endpoint.AbsoluteUri,
            ["Secrets:12:Name"] = "elevenlabs-key",
            ["Secrets:12:Value"] = FakeElevenLabs.Key,
        };
        foreach (var (name, value) in others ?? []) all[name] = value;
        return all;
    }
}
