using System.Text;
using Gateway.Storage;
using Gateway.Tests.Privacy;
using Gateway.Tests.Storage;
using Gateway.Webhooks;

namespace Gateway.Tests.Webhooks;

/// <summary>A long body with long values is cut anywhere by the network, and what becomes of it is the same.</summary>
public sealed class DeliveryTests(Azurite azurite) : IDisposable
{
    private const string Head = """{"type":"post_call_transcription","event_timestamp":1795341600,"data":{""";
    private const string Ids = "\"agent_id\":\"agent_1\",\"conversation_id\":\"conv_1\"";

    private readonly InterruptedArchive _archive = new();

    public void Dispose() => _archive.Dispose();

    [Theory]
    [InlineData(1_460)]
    [InlineData(10_000)]
    [InlineData(20_000)]
    [InlineData(32_768)]
    public async Task Ids_BehindALongValueInTheFirstBlock_AreKnown(int piece)
    {
        foreach (var length in Enumerable.Range(16, 8).Select(static n => n * 10_000))
        {
            await using var stored = await TemporaryStorage.CreateAsync(azurite, StoragePlace.Folder);
            var body = $"{Head}\"note\":\"{new string('x', length)}\",{Ids},\"list\":[\"x\"{string.Concat(Enumerable.Repeat(",\"text\"", 30_000))}]}}}}";

            await StoreAsync(stored.Storage, body, piece);

            Assert.Equal(body, await File.ReadAllTextAsync(Assert.Single(Blobs(stored)), TestContext.Current.CancellationToken));
        }
    }

    [Theory]
    [InlineData(10_000, 100_000)]
    [InlineData(10_000, 240_000)]
    [InlineData(32_768, 400_000)]
    [InlineData(32_768, 1_000_000)]
    public async Task Recording_BehindALongValue_IsARecording(int piece, int length)
    {
        await using var stored = await TemporaryStorage.CreateAsync(azurite, StoragePlace.Folder);
        var recording = StoredEventTests.Recording(900_000);
        var body = Encoding.UTF8.GetString(Events.Audio(recording)).Replace("\"full_audio\"", $"\"note\":\"{new string('x', length)}\",\"full_audio\"", StringComparison.Ordinal);

        await StoreAsync(stored.Storage, body, piece);

        var blob = Assert.Single(Blobs(stored));
        Assert.Equal("conv_1.mp3", Path.GetFileName(blob));
        Assert.Equal(recording, await File.ReadAllBytesAsync(blob, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(10_000, 240_000, 900_000)]
    [InlineData(32_768, 400_000, 900_000)]
    [InlineData(32_768, 400_000, 3)]
    public async Task UnknownType_WithARecordingThatComesLate_IsRefused(int piece, int length, int recording)
    {
        await using var stored = await TemporaryStorage.CreateAsync(azurite, StoragePlace.Folder);
        var late = $"\"list\":[\"{new string('x', length)}\"{string.Concat(Enumerable.Repeat(",\"text\"", 10_000))}],\"full_audio\"";
        var body = Encoding.UTF8.GetString(Events.Audio(StoredEventTests.Recording(recording))).Replace("post_call_audio", "post_call_video", StringComparison.Ordinal).Replace("\"full_audio\"", late, StringComparison.Ordinal);
        await using var delivery = _archive.Deliver(stored.Storage);

        Assert.Null(await delivery.ReadAsync(new Pieces(body, piece), TestContext.Current.CancellationToken));

        Assert.Equal((400, "invalid_value", "data.full_audio"), (delivery.Check()!.Status, delivery.Failure!.Code, delivery.Failure.Param));
        Assert.Empty(Blobs(stored));
    }

    /// <summary>Whoever cannot sign is read as well: a value that comes in small pieces must not be read again from its beginning for each of them.</summary>
    [Theory]
    [InlineData("post_call_audio", 4)]
    // It is looked at as well whenever a block is full, to know where that goes.
    [InlineData("post_call_transcription", 12)]
    public async Task Values_AsLongAsThereAre_AreNotReadWithEachPiece(string type, int most)
    {
        await using var stored = await TemporaryStorage.CreateAsync(azurite, StoragePlace.Folder);
        var longest = new string('x', 3_900_000);
        // The type is known when the block is full, and not before.
        var body = $"{{\"x\":\"{new string('x', 262_000)}\",\"type\":\"{type}\",\"data\":{{{Ids},\"a\":\"{longest}\",\"b\":\"{longest}\"{(type == WebhookEvent.Audio ? ",\"full_audio\":\"AAAA\"" : "")}}}}}";
        await using var delivery = _archive.Deliver(stored.Storage);

        Assert.Null(await delivery.ReadAsync(new Pieces(body, 10_000), TestContext.Current.CancellationToken) ?? delivery.Check());

        Assert.InRange(delivery.Examined / body.Length, 1, most);
    }

    private async Task StoreAsync(IStorage storage, string body, int piece)
    {
        await using var delivery = _archive.Deliver(storage);
        Assert.Null(await delivery.ReadAsync(new Pieces(body, piece), TestContext.Current.CancellationToken) ?? delivery.Check());
        Assert.Equal(WebhookOutcome.Stored, await delivery.KeepAsync("0123", TestContext.Current.CancellationToken));
    }

    private static string[] Blobs(TemporaryStorage stored) =>
        Directory.Exists(Path.Combine(stored.Folder, "blobs")) ? Directory.GetFiles(Path.Combine(stored.Folder, "blobs"), "*", SearchOption.AllDirectories) : [];

    private sealed class Pieces(string text, int piece) : MemoryStream(Encoding.UTF8.GetBytes(text))
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }
}
