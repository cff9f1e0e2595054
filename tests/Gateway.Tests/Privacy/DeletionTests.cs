using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Azure.Storage.Blobs.Specialized;
using Gateway.EndUsers;
using Gateway.Memory;
using Gateway.Tests.ElevenLabs;
using Gateway.Tests.Storage;
using Gateway.Tests.Webhooks;
using Gateway.Webhooks;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Privacy;

/// <summary>Who was deleted is gone to the last byte, and does not come back.</summary>
public sealed class DeletionTests(OwnAzurite own, Azurite azurite) : IClassFixture<OwnAzurite>
{
    public static TheoryData<StoragePlace> Places => [StoragePlace.Azurite, StoragePlace.Folder];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Places))]
    public async Task EndUser_Deleted_LeavesNotOneByteAndOthersKeepEveryone(StoragePlace place)
    {
        await using var host = await PrivacyHost.StartAsync(
            place == StoragePlace.Azurite ? await own.ConnectionStringAsync() : null, new() { ["Storage:Queue"] = place == StoragePlace.Azurite ? "calls-" + Guid.NewGuid().ToString("N") : null });
        await host.TellAsync(Person.Bert, "conv_b1");
        await host.TellAsync(Person.Bert, "conv_b2", PrivacyHost.Earlier.AddDays(-1));
        var before = await ReadAsync();
        await host.TellAsync(Person.Anna, "conv_a1");
        await host.TellAsync(Person.Anna, "conv_a2", PrivacyHost.Earlier.AddDays(-2));
        await host.Webhooks.SendAsync(Person.Anna.Transcript("conv_a3", PrivacyHost.Earlier, names: false));
        await host.Webhooks.SendAsync($$$"""{"type":"call_initiation_failure","event_timestamp":{{{Events.Timestamp}}},"data":{"agent_id":"agent_1","conversation_id":"conv_a4","failure_reason":"busy","metadata":{"type":"twilio","body":{"From":"+498000000000","To":"{{{Person.Anna.Number}}}"} } } }""");
        if (place == StoragePlace.Azurite) await StageAsync(host, "agent_1/2026/11/22/conv_a1.mp3", "agent_1/2026/11/22/conv_a1.half.json");
        var with = await ReadAsync();
        string[] traces = [.. Traces(host)];
        Assert.Equal(["conv_a1", "conv_a2", "conv_a3", "conv_a4"], traces.Where(trace => trace.StartsWith("conv_", StringComparison.Ordinal) && Holds(with, trace)));
        Assert.All(traces[4..], trace => Assert.True(Holds(with, trace), trace));

        var answer = await host.DeleteAsync(Person.Anna.Id, Person.Anna.Number);

        Assert.Equal((HttpStatusCode.OK, "deleted"), (answer.Status, Json(answer).GetProperty("status").GetString()));
        Assert.Equal(4, Json(answer).GetProperty("deleted").GetProperty("conversations").GetInt32());
        var after = await ReadAsync();
        // Two for the ids and one for each call, of an HMAC and a time: they are what keeps her away.
        var tombstones = after.Where(entry => IsTombstone(entry.Key)).ToArray();
        Assert.Equal(6, tombstones.Length);
        foreach (var tombstone in tombstones) after.Remove(tombstone.Key);
        after.Remove(Path.Combine("index", "tombstone"));
        Assert.DoesNotContain(traces, trace => Holds(after, trace));
        Assert.DoesNotContain(traces.Where(trace => trace.Length != 64), trace => tombstones.Any(row => row.Key.Contains(trace, StringComparison.Ordinal) || row.Value.Contains(trace, StringComparison.Ordinal)));
        Assert.Equal(before, after);

        async Task<SortedDictionary<string, string>> ReadAsync() => place == StoragePlace.Azurite ? await WholeStorage.ReadAccountAsync(await own.ConnectionStringAsync()) : await WholeStorage.ReadFolderAsync(host.Webhooks.Setting("Storage:Folder")!);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Call_ThatIsHeld_KeepsNoneOfTheOthers(bool isAtElevenLabs)
    {
        await using var elevenLabs = await FakeElevenLabs.StartAsync();
        await using var host = await PrivacyHost.StartAsync(await azurite.ConnectionStringAsync(), elevenLabs: isAtElevenLabs ? elevenLabs : null);
        foreach (var conversation in (string[])["conv_1", "conv_2", "conv_3"]) await host.TellAsync(Person.Anna, conversation);
        var lease = await host.Webhooks.LeaseAsync("agent_1/2026/11/22/conv_1.json");

        var answer = Json(await host.DeleteAsync(Person.Anna.Id));

        Assert.Equal("""["calls"]""", answer.GetProperty("remaining").GetRawText());
        Assert.Equal(2, answer.GetProperty("deleted").GetProperty("conversations").GetInt32());
        // Its recording is not held.
        Assert.Equal(["blobs/agent_1/2026/11/22/conv_1.json"], (await host.Webhooks.ContentsAsync()).Where(static name => name.StartsWith("blobs/", StringComparison.Ordinal)));
        Assert.DoesNotContain(await host.Webhooks.ContentsAsync(), static name => name.Contains("conv_2", StringComparison.Ordinal) || name.Contains("conv_3", StringComparison.Ordinal));

        await lease.ReleaseAsync(cancellationToken: Ct);
        Assert.Equal("deleted", Json(await host.DeleteAsync(Person.Anna.Id)).GetProperty("status").GetString());
        Assert.DoesNotContain(await host.Webhooks.ContentsAsync(), static name => name.Contains("conv_", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Retries_AfterADeletion_AreForgotten(StoragePlace place)
    {
        await using var host = await PrivacyHost.StartAsync(azurite, place);
        using var metrics = new RecordedMeter(host.Gateway.Services, WebhookMetrics.MeterName);
        await host.TellAsync(Person.Anna, "conv_1");
        await host.DeleteAsync(Person.Anna.Id);
        var left = await host.Webhooks.ContentsAsync();
        host.Webhooks.Time.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal("""{"status":"received"}""", (await host.Webhooks.SendAsync(Person.Anna.Transcript("conv_1", PrivacyHost.Earlier))).Body);
        Assert.Equal("""{"status":"received"}""", (await host.Webhooks.SendAsync(Person.Anna.Recording("conv_1", PrivacyHost.Earlier))).Body);

        Assert.Equal(left, await host.Webhooks.ContentsAsync());
        Assert.Equal(2, metrics.Counts.Count(line => line.Contains(" forgotten ", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Call_ThatWasUnderWay_IsForgottenAndALaterOneKept(StoragePlace place)
    {
        await using var host = await PrivacyHost.StartAsync(azurite, place);
        await host.DeleteAsync(Person.Anna.Id, Person.Anna.Number);
        var left = await host.Webhooks.ContentsAsync();
        // ElevenLabs sends the recording when it likes, and it names nobody.
        Assert.Equal("""{"status":"stored"}""", (await host.Webhooks.SendAsync(Person.Anna.Recording("conv_1", WebhookHost.Now.AddMinutes(-1)))).Body);
        host.Webhooks.Time.Advance(TimeSpan.FromMinutes(10));

        Assert.Equal("""{"status":"received"}""", (await host.Webhooks.SendAsync(Person.Anna.Transcript("conv_1", WebhookHost.Now.AddMinutes(-1)))).Body);
        Assert.Equal("""{"status":"received"}""", (await host.Webhooks.SendAsync(Person.Anna.Recording("conv_1", WebhookHost.Now.AddMinutes(-1)))).Body);
        Assert.Equal(left.Length + 1, (await host.Webhooks.ContentsAsync()).Length);
        Assert.DoesNotContain(await host.Webhooks.ContentsAsync(), name => name.Contains("conv_1", StringComparison.Ordinal));

        await host.TellAsync(Person.Anna, "conv_2", WebhookHost.Now.AddMinutes(5));
        Assert.Contains("blobs/agent_1/2026/11/22/conv_2.mp3", await host.Webhooks.ContentsAsync());
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Memory_OfACallerWhoHasNoneAnyMore_IsDeletedAndExported(StoragePlace place)
    {
        await using var host = await PrivacyHost.StartAsync(azurite, place);
        var memory = host.Gateway.Services.GetRequiredService<BuiltInMemory>();
        var key = host.Gateway.Services.GetRequiredService<EndUserIds>().KeyOf(Person.Anna.Id)!;
        foreach (var tenant in new[] { "renamed", "api" }) await memory.RememberAsync(new EndUser(tenant, key, EndUserTrust.Signed), "food", Person.Anna.Word, Ct);

        await using var zip = new ZipArchive(new MemoryStream(await host.ExportAsync(Person.Bert.Id, Person.Anna.Id)));
        Assert.Equal(
            ["memory/api.1.built-in.json", "memory/renamed.1.built-in.json", "memory/voice.0.json", "memory/voice.1.json"],
            zip.Entries.Select(entry => entry.FullName).Where(name => name.StartsWith("memory/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal("deleted", Json(await host.DeleteAsync(Person.Anna.Id)).GetProperty("status").GetString());

        Assert.DoesNotContain(await host.Webhooks.ContentsAsync(), name => name.Contains(key, StringComparison.Ordinal) && !IsTombstone(name));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Recording_ThatNamesAnotherAgentThanItsTranscript_IsDeletedWithIt(StoragePlace place)
    {
        await using var host = await PrivacyHost.StartAsync(azurite, place);
        await host.Webhooks.SendAsync(Person.Anna.Transcript("conv_1", PrivacyHost.Earlier));
        var recording = Encoding.UTF8.GetString(Person.Anna.Recording("conv_1", PrivacyHost.Earlier)).Replace("agent_1", "agent_2", StringComparison.Ordinal);
        Assert.Equal("""{"status":"stored"}""", (await host.Webhooks.SendAsync(Encoding.UTF8.GetBytes(recording))).Body);

        var answer = await host.DeleteAsync(Person.Anna.Id, Person.Anna.Number);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.DoesNotContain(await host.Webhooks.ContentsAsync(), static name => name.Contains("conv_1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task EndUser_WhoWasRecalled_IsNotRecalledFromTheProcess()
    {
        await using var host = await PrivacyHost.StartAsync(azurite, StoragePlace.Folder);
        var recalls = host.Gateway.Services.GetRequiredService<CallerMemories>().Recalls("voice");
        var user = new EndUser("voice", host.Gateway.Services.GetRequiredService<EndUserIds>().KeyOf(Person.Anna.Id)!, EndUserTrust.Signed);
        await host.TellAsync(Person.Anna, "conv_1");
        Assert.False((await recalls.RecallAsync(user, "conv_2", Ct)).IsEmpty);

        await host.DeleteAsync(Person.Anna.Id);

        Assert.True((await recalls.RecallAsync(user, "conv_2", Ct)).IsEmpty);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Tombstones_AfterTheirTime_GoWithTheNextEvent(StoragePlace place)
    {
        await using var host = await PrivacyHost.StartAsync(azurite, place);
        await host.TellAsync(Person.Anna, "conv_1");
        await host.DeleteAsync(Person.Anna.Id);

        host.Webhooks.Time.Advance(TimeSpan.FromDays(30));
        await host.TellAsync(Person.Bert, "conv_2", WebhookHost.Now.AddDays(30));
        Assert.Equal(2, (await host.Webhooks.ContentsAsync()).Count(IsTombstone));

        host.Webhooks.Time.Advance(TimeSpan.FromDays(2));
        await host.TellAsync(Person.Bert, "conv_3", WebhookHost.Now.AddDays(32));
        Assert.DoesNotContain(await host.Webhooks.ContentsAsync(), IsTombstone);
    }

    [Fact]
    public async Task EndUser_WhomNobodyKnows_IsDeletedWithZeros()
    {
        await using var host = await PrivacyHost.StartAsync(azurite, StoragePlace.Folder);

        var answer = await host.DeleteAsync("nobody");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("""{"status":"deleted","deleted":{"conversations":0,"blobs":0,"memories":1,"elevenlabs_conversations":0},"remaining":[]}""", answer.Body);
    }

    [Fact]
    public async Task Webhook_WhileNobodyCanBeKnown_IsNotReady()
    {
        await using var host = await PrivacyHost.StartAsync(connectionString: null, new() { ["Secrets:3:Name"] = "another" });

        var answer = await host.Webhooks.SendAsync(Person.Anna.Transcript("conv_1", PrivacyHost.Earlier));

        // Without the key no tombstone could be found: who was deleted would be stored again.
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "not_ready"), (answer.Status, answer.ErrorCode));
        Assert.Empty(await host.Webhooks.ContentsAsync());
    }

    [Fact]
    public async Task Storage_ThatIsAway_IsToldAndNothingIsSaidToBeDone()
    {
        await using var host = await PrivacyHost.StartAsync(
            "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;BlobEndpoint=http://127.0.0.1:1/a;QueueEndpoint=http://127.0.0.1:1/a;TableEndpoint=http://127.0.0.1:1/a");

        foreach (var route in new[] { Routes.EndUserDelete, Routes.EndUserExport })
        {
            var answer = await host.AskAsync(route, PrivacyHost.Body(Person.Anna.Id));
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "storage_unavailable", "30"), (answer.Status, answer.ErrorCode, answer.Header("Retry-After")));
        }
    }

    [Fact]
    public async Task Memory_ThatIsAway_IsToldAndDoneByTheNextTry()
    {
        var memory = new FailingMemory();
        await using var host = await PrivacyHost.StartAsync(connectionString: null, new() { ["Callers:0:Memory:Provider"] = "Zep" }, memory: memory);
        await host.TellAsync(Person.Anna, "conv_1");
        memory.Fails = true;

        var answer = await host.DeleteAsync(Person.Anna.Id);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "30"), (answer.Status, answer.Header("Retry-After")));
        Assert.Equal("""{"status":"incomplete","deleted":{"conversations":1,"blobs":2,"memories":0,"elevenlabs_conversations":0},"remaining":["zep"]}""", answer.Body);
        Assert.DoesNotContain(await host.Webhooks.ContentsAsync(), name => name.Contains("conv_1", StringComparison.Ordinal));

        memory.Fails = false;
        Assert.Equal("""{"status":"deleted","deleted":{"conversations":0,"blobs":0,"memories":1,"elevenlabs_conversations":0},"remaining":[]}""", (await host.DeleteAsync(Person.Anna.Id)).Body);
        Assert.Equal(("voice", host.Gateway.Services.GetRequiredService<EndUserIds>().KeyOf(Person.Anna.Id)), Assert.Single(memory.Deleted.Select(user => (user.Tenant, user.Key))));
    }

    [Fact]
    public async Task Conversation_ThatElevenLabsRefuses_KeepsNoOtherFromBeingDeleted()
    {
        await using var elevenLabs = await FakeElevenLabs.StartAsync();
        foreach (var id in new[] { "conv_1", "conv_2", "conv_3", "conv_4" }) elevenLabs.Conversations.Add(new(id, Events.Timestamp, User: Person.Anna.Id));
        await using var host = await PrivacyHost.StartAsync(connectionString: null, elevenLabs: elevenLabs);
        // Two that the index knows, and two that only ElevenLabs does; the first of each is still going on.
        await host.TellAsync(Person.Anna, "conv_1");
        await host.TellAsync(Person.Anna, "conv_2");
        elevenLabs.Fault = (context, path, _) =>
        {
            if (context.Request.Method != "DELETE" || !(path.EndsWith("conv_1", StringComparison.Ordinal) || path.EndsWith("conv_3", StringComparison.Ordinal))) return Task.FromResult(false);
            context.Response.StatusCode = 409;
            return Task.FromResult(true);
        };

        var answer = await host.DeleteAsync(Person.Anna.Id);

        Assert.Equal("""{"status":"incomplete","deleted":{"conversations":2,"blobs":4,"memories":1,"elevenlabs_conversations":2},"remaining":["elevenlabs"]}""", answer.Body);
        Assert.Equal(["conv_1", "conv_3"], elevenLabs.Conversations.Select(conversation => conversation.Id));
        // By this row the next try finds it.
        Assert.Equal(["conv_1"], (await host.Webhooks.ContentsAsync()).Where(name => name.StartsWith("index/user.", StringComparison.Ordinal) && name.Contains("conv_", StringComparison.Ordinal)).Select(name => name.Split('.')[^2]).Distinct());

        elevenLabs.Fault = static (_, _, _) => Task.FromResult(false);
        Assert.Equal(HttpStatusCode.OK, (await host.DeleteAsync(Person.Anna.Id)).Status);
        Assert.Empty(elevenLabs.Conversations);
    }

    [Fact]
    public async Task ElevenLabs_ThatRefuses_IsToldAndDoneByTheNextTry()
    {
        await using var elevenLabs = await FakeElevenLabs.StartAsync();
        elevenLabs.Conversations.AddRange([new("conv_1", Events.Timestamp, User: Person.Anna.Id), new("conv_2", Events.Timestamp, User: Person.Anna.Id), new("conv_3", Events.Timestamp, User: Person.Bert.Id)]);
        await using var host = await PrivacyHost.StartAsync(connectionString: null, elevenLabs: elevenLabs);
        await host.TellAsync(Person.Anna, "conv_1");
        elevenLabs.Fault = (context, _, _) =>
        {
            context.Response.StatusCode = 403;
            return Task.FromResult(true);
        };

        var answer = await host.DeleteAsync(Person.Anna.Id, Person.Anna.Number);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Equal(["elevenlabs"], Json(answer).GetProperty("remaining").EnumerateArray().Select(one => one.GetString()));
        Assert.DoesNotContain(await host.Webhooks.ContentsAsync(), name => name.StartsWith("blobs", StringComparison.Ordinal));

        elevenLabs.Fault = static (_, _, _) => Task.FromResult(false);
        answer = await host.DeleteAsync(Person.Anna.Id, Person.Anna.Number);

        Assert.Equal((HttpStatusCode.OK, 2), (answer.Status, Json(answer).GetProperty("deleted").GetProperty("elevenlabs_conversations").GetInt32()));
        Assert.Equal(["conv_3"], elevenLabs.Conversations.Select(conversation => conversation.Id));
        Assert.DoesNotContain(elevenLabs.Asked, asked => asked.Contains("4915112345678", StringComparison.Ordinal));
        Assert.DoesNotContain(await host.Webhooks.ContentsAsync(), name => name.Contains("conv_1", StringComparison.Ordinal));

        // What they would tell of again comes to nothing.
        await host.Webhooks.SendAsync(Person.Anna.Transcript("conv_2", PrivacyHost.Earlier, names: false));
        Assert.DoesNotContain(await host.Webhooks.ContentsAsync(), name => name.Contains("conv_2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Log_OfADeletion_NamesNobody()
    {
        await using var host = await PrivacyHost.StartAsync(azurite, StoragePlace.Folder);
        await host.TellAsync(Person.Anna, "conv_1");
        var told = host.Gateway.Log.Records.Count;

        await host.DeleteAsync(Person.Anna.Id, Person.Anna.Number);
        await host.ExportAsync(Person.Anna.Id, Person.Anna.Number);

        await host.Gateway.Log.EventAsync(360);
        var lines = host.Gateway.Log.Records.Skip(told).Select(record => record.Message).ToArray();
        Assert.Equal(2, lines.Count(line => line.StartsWith("End user ", StringComparison.Ordinal)));
        Assert.DoesNotContain(lines, line => Traces(host).Append("4915112345678").Any(trace => line.Contains(trace, StringComparison.Ordinal)));
    }

    /// <summary>What tells of Anna: her calls, her ids, what they are known by, and what she said.</summary>
    private static IEnumerable<string> Traces(PrivacyHost host)
    {
        var ids = host.Gateway.Services.GetRequiredService<EndUserIds>();
        return ["conv_a1", "conv_a2", "conv_a3", "conv_a4", Person.Anna.Id, Person.Anna.Number, Person.Anna.Word, ids.KeyOf(Person.Anna.Id)!, ids.KeyOf(Person.Anna.Number)!];
    }

    private static bool Holds(SortedDictionary<string, string> storage, string trace) =>
        storage.Any(entry => entry.Key.Contains(trace, StringComparison.Ordinal) || entry.Value.Contains(trace, StringComparison.Ordinal));

    private static bool IsTombstone(string name) => name.StartsWith("row tombstone ", StringComparison.Ordinal) || (name.Contains("tombstone", StringComparison.Ordinal) && name.EndsWith(".json", StringComparison.Ordinal));

    private static JsonElement Json(Answer answer) => JsonElement.Parse(answer.Body);

    // What an upload leaves that broke off: blocks of a blob that is there, and of one that is not.
    private async Task StageAsync(PrivacyHost host, params string[] names)
    {
        foreach (var name in names)
        {
            var blob = new Azure.Storage.Blobs.BlobContainerClient(await own.ConnectionStringAsync(), host.Webhooks.Setting("Storage:Container")).GetBlockBlobClient(name);
            using var content = new MemoryStream(Person.Anna.Sound);
            await blob.StageBlockAsync(Convert.ToBase64String(Encoding.ASCII.GetBytes("00000000000000000000")), content, cancellationToken: Ct);
        }
    }
}
