using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
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
