using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Azure.Storage.Blobs;
using Gateway.Tests.ElevenLabs;
using Gateway.Tests.Storage;
using Gateway.Tests.Webhooks;

namespace Gateway.Tests.Privacy;

/// <summary>What there is of somebody is handed out whole, or not as if it were.</summary>
public sealed class ExportTests(Azurite azurite)
{
    public static TheoryData<StoragePlace> Places => [StoragePlace.Azurite, StoragePlace.Folder];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Export_OfOneOfTwo_HasAllOfTheirsAndNothingOfTheOther(StoragePlace place)
    {
        await using var host = await PrivacyHost.StartAsync(azurite, place);
        await host.TellAsync(Person.Anna, "conv_1");
        await host.TellAsync(Person.Bert, "conv_2");

        var files = await ReadAsync(await host.ExportAsync(Person.Anna.Id, Person.Anna.Number));

        Assert.Equal(["calls/agent_1/2026/11/22/conv_1.json", "calls/agent_1/2026/11/22/conv_1.mp3", "index.json", "memory/voice.0.json", "memory/voice.1.json"], files.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(Person.Anna.Transcript("conv_1", PrivacyHost.Earlier), Encoding.UTF8.GetString(files["calls/agent_1/2026/11/22/conv_1.json"]));
        Assert.Equal(Person.Anna.Sound, files["calls/agent_1/2026/11/22/conv_1.mp3"]);
        Assert.Contains(Person.Anna.Word, Encoding.UTF8.GetString(files["memory/voice.0.json"]), StringComparison.Ordinal);
        Assert.Equal("conv_1", JsonElement.Parse(files["index.json"]).GetProperty("conversations")[0].GetProperty("conversation_id").GetString());
        Assert.DoesNotContain(files.Values, content => Encoding.Latin1.GetString(content).Contains(Person.Bert.Word, StringComparison.Ordinal));
        await host.Gateway.Log.EventAsync(360);
        var line = Assert.Single(host.Gateway.Log.Records, record => record.Event.Id == 360);
        Assert.Equal(("export", 1, 2), (line.Values["Operation"], line.Values["Conversations"], line.Values["Blobs"]));

        await host.DeleteAsync(Person.Anna.Id, Person.Anna.Number);
        Assert.Equal(["index.json", "memory/voice.0.json"], (await ReadAsync(await host.ExportAsync(Person.Anna.Id))).Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Export_OfAnAccountThatKeepsCopies_HasThoseThatCanBeReadAndNamesTheOthers()
    {
        const string transcript = "agent_1/2026/11/22/conv_1.json", recording = "agent_1/2026/11/22/conv_1.mp3";
        using var account = new FakeBlobAccount(versions: true, softDelete: true, permanent: true, others: new SocketsHttpHandler { UseProxy = false });
        await using var host = await StartAsync(account);
        await host.TellAsync(Person.Anna, "conv_1");
        await host.TellAsync(Person.Bert, "conv_11");
        account.Write(transcript, "second"u8.ToArray());
        account.Snap(transcript);
        account.Write(transcript, "third"u8.ToArray());
        account.Write(transcript, "fourth"u8.ToArray());
        account.Delete(transcript, "2026-11-22T10:00:07.0000000Z");
        account.Delete(recording);
        var before = account.Left;

        var files = await ReadAsync(await host.ExportAsync(Person.Anna.Id));

        string[] ofTheCall =
        [
            $"calls/{transcript}", $"calls/{transcript}.snapshots/2026-11-22T10-00-06.0000000Z.json", $"calls/{transcript}.versions/2026-11-22T10-00-01.0000000Z.json",
            $"calls/{transcript}.versions/2026-11-22T10-00-05.0000000Z.json", $"calls/{recording}.versions/2026-11-22T10-00-02.0000000Z.mp3",
        ];
        Assert.Equal([.. ofTheCall, "index.json", "memory/voice.0.json"], files.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(["fourth", "second", Person.Anna.Transcript("conv_1", PrivacyHost.Earlier), "second", Encoding.UTF8.GetString(Person.Anna.Sound)], ofTheCall.Select(name => Encoding.UTF8.GetString(files[name])));
        var indexed = Assert.Single(JsonElement.Parse(files["index.json"]).GetProperty("conversations").EnumerateArray());
        Assert.Equal(ofTheCall, indexed.GetProperty("files").EnumerateArray().Select(static name => name.GetString()!).Order(StringComparer.Ordinal));
        var deleted = Assert.Single(indexed.GetProperty("soft_deleted").EnumerateArray());
        Assert.Equal($"calls/{transcript}.versions/2026-11-22T10-00-07.0000000Z.json", deleted.GetProperty("name").GetString());
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 11, 0, 0, TimeSpan.Zero), deleted.GetProperty("deleted_at").GetDateTimeOffset());
        Assert.Equal(before, account.Left);
    }

    [Fact]
    public async Task Export_OfABlobThatWasDeletedSoftly_NamesItAndLeavesItDeleted()
    {
        using var account = new FakeBlobAccount(versions: false, softDelete: true, permanent: true, others: new SocketsHttpHandler { UseProxy = false });
        await using var host = await StartAsync(account);
        await host.TellAsync(Person.Anna, "conv_1");
        account.Delete("agent_1/2026/11/22/conv_1.mp3");

        var files = await ReadAsync(await host.ExportAsync(Person.Anna.Id));

        Assert.Equal(["calls/agent_1/2026/11/22/conv_1.json", "index.json", "memory/voice.0.json"], files.Keys.Order(StringComparer.Ordinal));
        var deleted = Assert.Single(JsonElement.Parse(files["index.json"]).GetProperty("conversations")[0].GetProperty("soft_deleted").EnumerateArray());
        Assert.Equal("calls/agent_1/2026/11/22/conv_1.mp3", deleted.GetProperty("name").GetString());
        Assert.Equal(["agent_1/2026/11/22/conv_1.json Current", "agent_1/2026/11/22/conv_1.mp3 Current deleted"], account.Left);
    }

    [Fact]
    public async Task Export_OfASnapshot_HasItAsItWas()
    {
        var connection = await azurite.ConnectionStringAsync();
        await using var host = await PrivacyHost.StartAsync(connection);
        await host.TellAsync(Person.Anna, "conv_1");
        var blob = new BlobContainerClient(connection, host.Webhooks.Setting("Storage:Container")).GetBlobClient("agent_1/2026/11/22/conv_1.json");
        await blob.CreateSnapshotAsync(cancellationToken: Ct);
        await blob.UploadAsync(new BinaryData("another"), overwrite: true, Ct);

        var files = await ReadAsync(await host.ExportAsync(Person.Anna.Id));

        Assert.Equal("another", Encoding.UTF8.GetString(files["calls/agent_1/2026/11/22/conv_1.json"]));
        var snapshot = Assert.Single(files.Keys, static name => name.Contains(".snapshots/", StringComparison.Ordinal));
        Assert.Matches(@"^calls/agent_1/2026/11/22/conv_1\.json\.snapshots/[-0-9T.]+Z\.json$", snapshot);
        Assert.Equal(Person.Anna.Transcript("conv_1", PrivacyHost.Earlier), Encoding.UTF8.GetString(files[snapshot]));
    }

    [Fact]
    public async Task Export_WithElevenLabs_HasWhatTheyAloneHave()
    {
        await using var elevenLabs = await FakeElevenLabs.StartAsync();
        elevenLabs.Conversations.AddRange([new("conv_1", Events.Timestamp, User: Person.Anna.Id), new("conv_2", Events.Timestamp, User: Person.Anna.Id, Recording: [1, 2, 3]), new("conv_3", Events.Timestamp, User: Person.Bert.Id)]);
        await using var host = await PrivacyHost.StartAsync(connectionString: null, elevenLabs: elevenLabs);
        await host.TellAsync(Person.Anna, "conv_1");

        var files = await ReadAsync(await host.ExportAsync(Person.Anna.Id));

        Assert.Equal(
            ["calls/agent_1/2026/11/22/conv_1.json", "calls/agent_1/2026/11/22/conv_1.mp3", "elevenlabs/conv_2.json", "elevenlabs/conv_2.mp3", "index.json", "memory/voice.0.json"],
            files.Keys.Order(StringComparer.Ordinal));
        Assert.Equal([1, 2, 3], files["elevenlabs/conv_2.mp3"]);
    }

    [Fact]
    public async Task Export_ThatBreaksOff_CannotBeTakenForWhole()
    {
        await using var elevenLabs = await FakeElevenLabs.StartAsync();
        elevenLabs.Conversations.Add(new("conv_2", Events.Timestamp, User: Person.Anna.Id));
        elevenLabs.Fault = (context, path, _) =>
        {
            if (!path.EndsWith("conv_2", StringComparison.Ordinal)) return Task.FromResult(false);
            context.Response.StatusCode = 403;
            return Task.FromResult(true);
        };
        await using var host = await PrivacyHost.StartAsync(connectionString: null, elevenLabs: elevenLabs);
        await host.TellAsync(Person.Anna, "conv_1");

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => host.ExportAsync(Person.Anna.Id));

        await host.Gateway.Log.EventAsync(360);
        Assert.Contains(host.Gateway.Log.Records, record => record.Message.StartsWith("End user export Interrupted", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Export_WithAMemoryThatIsAway_IsToldSo()
    {
        var memory = new FailingMemory { Fails = true };
        await using var host = await PrivacyHost.StartAsync(connectionString: null, memory: memory);

        var answer = await host.AskAsync(Routes.EndUserExport, PrivacyHost.Body(Person.Anna.Id));

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "memory_unavailable"), (answer.Status, answer.ErrorCode));
    }

    /// <summary>Its blobs are in the account, its rows in Azurite.</summary>
    private async Task<PrivacyHost> StartAsync(FakeBlobAccount account)
    {
        var connection = Regex.Replace(await azurite.ConnectionStringAsync(), "BlobEndpoint=[^;]*", "BlobEndpoint=http://stcalls.blob.core.windows.net");
        return await PrivacyHost.StartAsync(connection, new() { ["Storage:Container"] = "transcripts" }, account: account);
    }

    private static async Task<Dictionary<string, byte[]>> ReadAsync(byte[] zip)
    {
        await using var archive = new ZipArchive(new MemoryStream(zip));
        Dictionary<string, byte[]> files = [];
        foreach (var entry in archive.Entries)
        {
            var content = new MemoryStream();
            await using var source = await entry.OpenAsync(Ct);
            await source.CopyToAsync(content, Ct);
            files[entry.FullName] = content.ToArray();
        }

        return files;
    }
}
