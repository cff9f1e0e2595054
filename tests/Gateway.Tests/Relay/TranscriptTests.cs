using System.Buffers;
using Gateway.Relay;
using Gateway.Turns;

namespace Gateway.Tests.Relay;

/// <summary>
/// Streams in Azure's form, and beside each what a caller gets of it (<c>.voice.sse</c>, <c>.api.sse</c>). The transcripts end in a blank line that belongs
/// to them.
/// </summary>
public sealed class TranscriptTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Relay", "Transcripts");

    public static TheoryData<string> Names => [.. Directory.GetFiles(Folder, "*.sse").Select(Path.GetFileNameWithoutExtension).OfType<string>().Where(name => !name.Contains('.', StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Names))]
    public void Relay_Transcript_GivesTheGoldenBytes(string name)
    {
        var stream = File.ReadAllBytes(Path.Combine(Folder, $"{name}.sse"));

        Assert.Equal(Golden(name, "voice"), Relay(stream, voice: true));
        Assert.Equal(Golden(name, "api"), Relay(stream, voice: false));
    }

    private static string Golden(string name, string profile) => File.ReadAllText(Path.Combine(Folder, $"{name}.{profile}.sse"));

    private static string Relay(byte[] stream, bool voice)
    {
        using var relay = new StreamRelay(voice, includeUsage: !voice, model: null);
        var output = new ArrayBufferWriter<byte>();
        stream.CopyTo(relay.Free);
        relay.Accept(stream.Length, output);
        Assert.Equal(AttemptOutcome.Completed, relay.Outcome);
        return System.Text.Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
