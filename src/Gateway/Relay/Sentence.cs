using System.Buffers;

namespace Gateway.Relay;

/// <summary>Where a sentence ends, for an answer that has to.</summary>
internal static class Sentence
{
    private static readonly SearchValues<byte> Stops = SearchValues.Create(".!?"u8);

    /// <summary>Whether a text, as it stands in JSON, ends a sentence.</summary>
    public static bool Ends(ReadOnlySpan<byte> text)
    {
        if (text.EndsWith("\\n"u8)) return true;
        text = text.TrimEnd((byte)' ');
        // Quotes and brackets may close behind the stop.
        while (text.EndsWith("\\\""u8) || text is [.., (byte)')' or (byte)'\'']) text = text[..^(text[^1] == '"' ? 2 : 1)];
        return !text.IsEmpty && (Stops.Contains(text[^1]) || EndsWide(text));
    }

    // Chinese and Japanese, Hindi, and the ellipsis.
    private static bool EndsWide(ReadOnlySpan<byte> text) =>
        text.EndsWith("。"u8) || text.EndsWith("！"u8) || text.EndsWith("？"u8) || text.EndsWith("।"u8) || text.EndsWith("…"u8);
}
