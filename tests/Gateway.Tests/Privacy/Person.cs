using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Tests.Privacy;

/// <summary>Somebody whose calls are kept.</summary>
/// <param name="Id">Their id with the developer.</param>
/// <param name="Number">The number that they call from.</param>
/// <param name="Word">What they alone say.</param>
internal sealed record Person(string Id, string Number, string Word)
{
    public const string SigningSecret = "a signing secret of 32 characters";

    public static readonly Person Anna = new("anna-4711", "+4915112345678", "Quittenmarmelade");
    public static readonly Person Bert = new("bert-0815", "+4930987654321", "Stachelbeertorte");

    /// <summary>A call of theirs in the form of the post-call webhook, with an identity that their backend has signed.</summary>
    public string Transcript(string conversation, DateTimeOffset started, bool names = true) => string.Create(CultureInfo.InvariantCulture, $$"""
        {
          "type": "post_call_transcription",
          "event_timestamp": {{started.AddMinutes(1).ToUnixTimeSeconds()}},
          "data": {
            "agent_id": "agent_1", "conversation_id": "{{conversation}}", "status": "done", "user_id": {{(names ? $"\"{Id}\"" : "null")}}, "has_audio": true,
            "transcript": [{ "role": "user", "message": "I would like {{Word}}.", "time_in_call_secs": 0 }],
            "metadata": { "start_time_unix_secs": {{started.ToUnixTimeSeconds()}}, "phone_call": { "direction": "inbound", "external_number": {{(names ? $"\"{Number}\"" : "null")}} } },
            "analysis": { "transcript_summary": "They like {{Word}}.", "data_collection_results": { "food": { "value": "{{Word}}" }, "language": { "value": "de" } } },
            "conversation_initiation_client_data": { "dynamic_variables": { "secret__end_user": "{{Token(started)}}" } }
          }
        }
        """);

    /// <summary>A recording of theirs; it names nobody.</summary>
    public byte[] Recording(string conversation, DateTimeOffset started) => Encoding.UTF8.GetBytes(
        $$$"""{"type":"post_call_audio","event_timestamp":{{{started.AddMinutes(1).ToUnixTimeSeconds()}}},"data":{"agent_id":"agent_1","conversation_id":"{{{conversation}}}","full_audio":"{{{Convert.ToBase64String(Sound)}}}"}}""");

    /// <summary>What they sound like.</summary>
    public byte[] Sound => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Word + " ", 200)));

    /// <summary>An identity for a call that began then, for an hour.</summary>
    public string Token(DateTimeOffset started)
    {
        var claims = string.Create(CultureInfo.InvariantCulture, $$"""{"aud":"voice","sub":"{{Id}}","exp":{{started.AddHours(1).ToUnixTimeSeconds()}}}""");
        var signed = $"{Base64Url.EncodeToString("""{"alg":"HS256","typ":"JWT"}"""u8)}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims))}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(SigningSecret), Encoding.ASCII.GetBytes(signed)))}";
    }
}
