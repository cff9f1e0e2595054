using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Gateway.Speakable;

namespace Gateway.Tests.Speakable;

/// <summary>Runs texts through <see cref="SpokenText"/>, in one piece or several.</summary>
internal static class Spoken
{
    /// <summary>What is said of a text that comes in one piece.</summary>
    public static string Of(string text) => OfPieces([text]);

    /// <summary>What is said of a text that comes in pieces.</summary>
    public static string OfPieces(IEnumerable<string> pieces) => Decode(OfJson(pieces.Select(Encode)));

    /// <summary>What is said of JSON that comes in pieces, as JSON.</summary>
    public static string OfJson(IEnumerable<string> pieces)
    {
        using var text = new SpokenText();
        foreach (var piece in pieces) text.Write(Encoding.UTF8.GetBytes(piece));
        text.Finish();
        return Encoding.UTF8.GetString(text.Spoken);
    }

    /// <summary>A text between a JSON string's quotes.</summary>
    public static string Encode(string text) => JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value;

    public static string Decode(string json)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes($"\"{json}\""));
        reader.Read();
        return reader.GetString()!;
    }
}
