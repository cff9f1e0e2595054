using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gateway.Speech;

/// <summary>JSON strings as text, and text as JSON strings.</summary>
internal static class JsonText
{
    /// <summary>A text as a JSON string with its quotes. What need not be escaped is not, or a sentence in Hindi would be three times as long.</summary>
    public static byte[] Quote(string text) => Encoding.UTF8.GetBytes(QuoteText(text));

    /// <summary>The same as text, to stand in other JSON.</summary>
    public static string QuoteText(string text) => $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"";

    /// <summary>The text of a JSON string, given without its quotes.</summary>
    public static string Decode(ReadOnlySpan<byte> escaped)
    {
        var text = new StringBuilder(escaped.Length);
        foreach (var rune in new JsonRunes(escaped)) text.Append(rune);
        return text.ToString();
    }

    extension(ref readonly Utf8JsonReader json)
    {
        /// <summary>Whether the name or string that the reader stands on is this one. Unlike <c>ValueTextEquals</c> it does not throw for half a surrogate pair.</summary>
        public bool Is(string ascii) => json.ValueIsEscaped ? Decode(json.ValueSpan) == ascii : Ascii.Equals(json.ValueSpan, ascii);
    }
}
