using System.Net;
using System.Text.Json.Nodes;
using Gateway.Backfill;
using Gateway.EndUsers;
using Gateway.Memory;
using Gateway.Privacy;
using Gateway.Tests.ElevenLabs;
using Gateway.Tests.Privacy;
using Gateway.Tests.Storage;
using Gateway.Tests.Webhooks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Backfill;

/// <summary>What was fetched is known under whom a token names, and remembered of them.</summary>
public sealed class RememberedBackfillTests(Azurite azurite) : IAsyncLifetime
{
    private FakeElevenLabs _elevenLabs = null!;

    public static TheoryData<StoragePlace> Places => [StoragePlace.Azurite, StoragePlace.Folder];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _elevenLabs = await FakeElevenLabs.StartAsync();

    public ValueTask DisposeAsync() => _elevenLabs.DisposeAsync();

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Call_OfWhomATokenAloneNames_IsIndexedUnderThemAndForgottenWithThem(StoragePlace place)
    {
        // No caller has a memory, tools or a start webhook: only the backend signs.
        await using var host = await WebhookHost.StartAsync(azurite, place, Settings());
        Tell(Person.Anna, "conv_1");
        Tell(Person.Bert, "conv_2");
        var ids = host.Gateway.Services.GetRequiredService<EndUserIds>();
        await host.Gateway.Services.GetRequiredService<Lazy<Tombstones>>().Value.SetUsersAsync([ids.KeyOf(Person.Anna.Id)!], Ct);

        var report = await RunAsync(host);

        Assert.Equal("Calls listed: 2; already there: 0; forgotten: 1; not done yet: 0. Added: 1 transcripts, 0 recordings. Failed: none.", report.ToString());
        Assert.True(report.IsWhole);
        var contents = await host.ContentsAsync();
        Assert.Equal([$"index/user.{ids.KeyOf(Person.Bert.Id)}/2026-11-22.conv_2.json"], contents.Where(name => name.StartsWith("index/user.", StringComparison.Ordinal)));
        Assert.DoesNotContain(contents, name => name.Contains("conv_1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task Call_OfACallerWithAMemory_IsRememberedWhetherOrNotItIsKept(string keeps)
    {
        var memory = new FailingMemory();
        await using var host = await StartAsync(memory, keeps);
        Tell(Person.Anna, "conv_1");

        var report = await RunAsync(host);

        Assert.True(report.IsWhole);
        Assert.Equal("conv_1", Assert.Single(memory.Remembered).ConversationId);
        Assert.Contains(Person.Anna.Word, memory.Remembered.Single().Summary, StringComparison.Ordinal);
        Assert.Equal(keeps == "true" ? 1 : 0, (await host.ContentsAsync()).Count(name => name.StartsWith("blobs/", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public async Task Call_OfWhomWasDeleted_IsCountedAsForgottenInEachRun(string keeps)
    {
        var memory = new FailingMemory();
        await using var host = await StartAsync(memory, keeps);
        Tell(Person.Anna, "conv_1", recording: [1, 2, 3]);
        await host.Gateway.Services.GetRequiredService<Lazy<Tombstones>>().Value.SetUsersAsync([host.Gateway.Services.GetRequiredService<EndUserIds>().KeyOf(Person.Anna.Id)!], Ct);

        var first = await RunAsync(host);
        var second = await RunAsync(host);

        Assert.Equal("Calls listed: 1; already there: 0; forgotten: 1; not done yet: 0. Added: 0 transcripts, 0 recordings. Failed: none.", first.ToString());
        Assert.Equal((first.ToString(), true), (second.ToString(), second.IsWhole));
        Assert.Empty(memory.Remembered);
    }

    [Theory]
    [InlineData("true", false)]
    [InlineData("false", false)]
    [InlineData("true", true)]
    [InlineData("false", true)]
    public async Task Call_WhoseMemoryIsAway_IsKeptAndFailsAndIsRememberedTheNextTime(string keeps, bool hangs)
    {
        var memory = new FailingMemory { Fails = !hangs, Hangs = hangs };
        await using var host = await StartAsync(memory, keeps);
        Tell(Person.Anna, "conv_1", recording: [1, 2, 3]);

        var running = RunAsync(host);
        if (hangs)
        {
            await memory.HangingAsync();
            host.Time.Advance(TimeSpan.FromSeconds(20));
        }

        var first = await running.WaitAsync(TestTimeouts.Default, Ct);
        var contents = await host.ContentsAsync();
        (memory.Fails, memory.Hangs) = (false, false);
        var second = await RunAsync(host);

        var kept = keeps == "true" ? 1 : 0;
        Assert.Equal((kept, kept, 0), (first.Transcripts, first.Recordings, first.There));
        Assert.Equal([hangs ? "Memory: no answer in time" : "Memory: away"], first.Failures.Keys);
        Assert.Equal(kept, contents.Count(name => name.EndsWith(".mp3", StringComparison.Ordinal)));
        Assert.Equal(kept, contents.Count(name => name == "blobs/agent_1/2026/11/22/conv_1.json"));
        Assert.Equal((1 - kept, 0, true), (second.Transcripts, second.Recordings, second.IsWhole));
        Assert.Equal(contents, await host.ContentsAsync());
        Assert.Equal("conv_1", Assert.Single(memory.Remembered).ConversationId);
    }

    [Fact]
    public async Task Call_ThatTheWebhookKeptWhileTheMemoryWasAway_IsRemembered()
    {
        var memory = new FailingMemory { Fails = true };
        await using var host = await StartAsync(memory, keeps: "true");
        Tell(Person.Anna, "conv_1", recording: [1, 2, 3]);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.SendAsync(Person.Anna.Transcript("conv_1", PrivacyHost.Earlier, names: false))).Status);
        Assert.Contains("blobs/agent_1/2026/11/22/conv_1.json", await host.ContentsAsync());
        memory.Fails = false;

        var first = await RunAsync(host);
        var second = await RunAsync(host);

        Assert.Equal((0, 1, true), (first.Transcripts, first.Recordings, first.IsWhole));
        Assert.Equal((0, 1, true), (second.Transcripts, second.There, second.IsWhole));
        Assert.Single(memory.Remembered);
        Assert.Single(_elevenLabs.Asked, path => path.EndsWith("conv_1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Call_SignedWhereTheSecretIsAbsent_FailsAndIsRememberedTheNextTime()
    {
        var memory = new FailingMemory();
        using var folder = new TemporaryFolder();
        var settings = Remembering("true");
        (settings["Storage:Folder"], settings["EndUserSigningSecret"]) = (folder.Path, "another-one");
        Tell(Person.Anna, "conv_1");
        BackfillReport first, second;

        await using (var host = await StartAsync(memory, settings)) first = await RunAsync(host);
        settings.Remove("EndUserSigningSecret");
        await using (var host = await StartAsync(memory, settings)) second = await RunAsync(host);

        Assert.Equal((0, "signed, and the secret another-one is absent"), (first.Transcripts, Assert.Single(first.Failures.Keys)));
        Assert.Equal((1, true), (second.Transcripts, second.IsWhole));
        Assert.Single(memory.Remembered);
    }

    private Dictionary<string, string?> Settings() => new()
    {
        ["ElevenLabs:KeySecret"] = "elevenlabs-key",
        ["ElevenLabs:Endpoint"] = _elevenLabs.Endpoint.AbsoluteUri,
        ["Secrets:12:Name"] = "elevenlabs-key",
        ["Secrets:12:Value"] = FakeElevenLabs.Key,
        ["Secrets:13:Name"] = "end-user-signing",
        ["Secrets:13:Value"] = Person.SigningSecret,
    };

    private Dictionary<string, string?> Remembering(string keeps)
    {
        var settings = Settings();
        (settings["Webhooks:KeepTranscripts"], settings["Webhooks:KeepAudio"], settings["Callers:0:Memory:Provider"], settings["Callers:0:Agents:0"]) = (keeps, keeps, "BuiltIn", "agent_1");
        return settings;
    }

    private Task<WebhookHost> StartAsync(FailingMemory memory, string keeps) => StartAsync(memory, Remembering(keeps));

    private static Task<WebhookHost> StartAsync(FailingMemory memory, Dictionary<string, string?> settings) =>
        WebhookHost.StartAsync(connectionString: null, settings, services => services.AddSingleton<Func<MemoryOptions, IMemory>>(_ => memory));

    // A call that names its end user by a token alone.
    private void Tell(Person person, string conversation, byte[]? recording = null)
    {
        _elevenLabs.Conversations.Insert(0, new FakeConversation(conversation, PrivacyHost.Earlier.ToUnixTimeSeconds(), Recording: recording));
        var others = _elevenLabs.Fault;
        _elevenLabs.Fault = async (context, path, before) =>
        {
            if (!path.EndsWith(conversation, StringComparison.Ordinal)) return await others(context, path, before);
            await context.Response.WriteAsync(Details(person.Transcript(conversation, PrivacyHost.Earlier, names: false), recording is not null));
            return true;
        };
    }

    private static string Details(string transcript, bool hasRecording)
    {
        var data = JsonNode.Parse(transcript)!["data"]!;
        data["has_audio"] = hasRecording;
        return data.ToJsonString();
    }

    private static Task<BackfillReport> RunAsync(WebhookHost host) =>
        host.Gateway.Services.GetRequiredService<CallBackfill>().RunAsync(new BackfillRange(WebhookHost.Now.AddDays(-1), null, null), Ct);
}
