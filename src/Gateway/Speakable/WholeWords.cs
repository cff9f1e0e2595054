using System.Text;

namespace Gateway.Speakable;

/// <summary>What is taken out as a whole: the beginnings of URLs, and line breaks in HTML. Other tags are ElevenLabs' own, for voices and pauses.</summary>
internal static class WholeWords
{
    private static readonly byte[][] Words =
    [
        [.. "http://"u8], [.. "https://"u8], [.. "www."u8], [.. "<http://"u8], [.. "<https://"u8], [.. "<br>"u8], [.. "<br/>"u8], [.. "<br />"u8],
    ];

    /// <summary>The word that begins with these characters, of which <paramref name="next"/> is the last; empty where none does.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> begun, int next)
    {
        foreach (var word in Words)
        {
            if (word.Length > begun.Length && word[begun.Length] == (next | (next is >= 'A' and <= 'Z' ? 0x20 : 0)) && Ascii.EqualsIgnoreCase(word.AsSpan(0, begun.Length), begun)) return word;
        }

        return default;
    }
}
