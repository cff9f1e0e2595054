using System.Text.Json;
using System.Text.Unicode;
using Gateway.EndUsers;
using Gateway.Errors;
using Gateway.Requests;
using Gateway.Speech;

namespace Gateway.Webhooks;

/// <summary>
/// Reads a webhook's body as it comes, without ever holding it: what is needed of it goes to <see cref="Event"/>, and the recording, decoded, to
/// <see cref="Audio"/>, where whoever reads it empties it.
/// </summary>
/// <remarks>
/// The JSON reader wants each value whole, and the recording is nearly all of the body. So when its property comes, the text up to the closing quote is decoded,
/// and the reader is given an empty string in its place.
/// </remarks>
internal sealed class WebhookParser : IDisposable
{
    /// <summary>The longest value but the recording. A tool's result is the longest that there is, and has to fit into a model's context.</summary>
    private const int LongestValue = 4 * 1024 * 1024;

    // A call has a few hundred turns; what a list may hold must have an end.
    private const int MostTurns = 10_000;

    // In bytes of JSON: an id of which each character is escaped.
    private const int LongestEndUserId = 6 * EndUserIds.Longest;

    // An id and a number, or the numbers that a carrier names: from, to, and once more by other names.
    private const int MostEndUsers = 4;

    private const int LongestWord = 128;

    // In bytes of JSON. A memory keeps less of them; these are what no event goes beyond by itself.
    private const int LongestSummary = 64 * 1024;
    private const int LongestFactName = 256;
    private const int LongestFact = 4096;
    private const int MostFacts = 100;

    // EndUserTokens reads no longer ones; of each place one.
    private const int LongestToken = 2048;
    private const int MostTokens = 3;

    private static readonly Failure NotJson = new(400, "invalid_json", "The body is not a JSON object in valid UTF-8.");

    private readonly PooledBuffer _unread = new();
    private readonly Base64Text _base64 = new();
    private readonly WebhookField[] _path = new WebhookField[65];
    private JsonReaderState _state;
    private string? _collected;
    private bool _isBeforeAudio;
    private bool _isInAudio;
    private bool _isWhole;

    // How much there has to be before it is looked at again.
    private int _wanted;

    public WebhookEvent Event { get; } = new();

    /// <summary>What was decoded of the recording, and not taken yet.</summary>
    public PooledBuffer Audio { get; } = new();

    /// <summary>What is wrong with the body; the rest of it is not looked at.</summary>
    public Failure? Failure { get; private set; }

    /// <summary>How many bytes the JSON reader was given, those again that it was given before. By this tests hold what anybody's body may cost; a clock would be wrong on a busy machine.</summary>
    public long Examined { get; private set; }

    /// <summary>Reads some more.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (Failure is not null) return;
        _unread.Write(bytes);
        if (_unread.Length >= _wanted) CatchUp();
    }

    /// <summary>Looks at all that is there by now, also at a value that has only begun, which is read from its beginning again.</summary>
    public void CatchUp()
    {
        if (Failure is not null) return;
        Read(isLast: false);
        // Reading a value with each piece of it that comes would cost the square of its length, and anybody can send one: the signature is judged at the end.
        _wanted = _isBeforeAudio || _isInAudio ? 0 : Math.Min(2 * _unread.Length, LongestValue + 1);
        if (_unread.Length > LongestValue) Failure ??= new Failure(400, "invalid_value", $"The body has a value longer than {LongestValue} bytes.");
    }

    /// <summary>Reads what is left; afterwards <see cref="Failure"/> is the verdict on the whole.</summary>
    public void Complete()
    {
        if (Failure is null) Read(isLast: true);
        if (!_isWhole) Failure ??= NotJson;
        if (Event.Type is null) Failure ??= Missing("type");
        if (Event is { Type: WebhookEvent.Audio, HasAudio: false }) Failure ??= Missing("data.full_audio");
        if (Event is { IsText: true, HasAudio: true }) Failure ??= new Failure(400, "invalid_value", "The field 'type' is that of an event without a recording.", "type");
        if (Event is { IsKnown: true, AgentId: null }) Failure ??= Missing("data.agent_id");
        if (Event is { IsKnown: true, ConversationId: null }) Failure ??= Missing("data.conversation_id");
    }

    /// <summary>Whether it can be a type or an id. They become names of blobs and keys of rows, so no character counts that could mean anything there.</summary>
    public static bool IsWord(string text) => text.Length is > 0 and <= LongestWord && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    public static Failure Missing(string field) => new(400, "missing_required_parameter", $"The field '{field}' is missing.", field);

    public void Dispose()
    {
        _unread.Dispose();
        Audio.Dispose();
    }

    private void Read(bool isLast)
    {
        try
        {
            do
            {
                if (_isBeforeAudio && !EnterAudio()) return;
                if (_isInAudio && !DecodeAudio()) return;
                ReadTokens(isLast);
            }
            while (_isBeforeAudio && Failure is null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter is what half a surrogate pair in a type or an id of ElevenLabs' is told by.
            Failure ??= NotJson;
        }
    }

    private bool EnterAudio()
    {
        _unread.Consume(_unread.Length - _unread.Span.TrimStart(" \t\r\n"u8).Length);
        if (_unread.Length == 0) return false;
        _isBeforeAudio = false;
        if (_unread.Span[0] != '"') return true;
        _unread.Consume(1);
        Event.HasAudio = true;
        _isInAudio = true;
        return true;
    }

    private bool DecodeAudio()
    {
        var used = _base64.Decode(_unread.Span, Audio, out var ended);
        if (used < 0)
        {
            Failure = new Failure(400, "invalid_value", "The field 'data.full_audio' is not base64.", "data.full_audio");
            return false;
        }

        _unread.Consume(used);
        if (!ended) return false;
        _isInAudio = false;
        _unread.Replace(0..0, "\"\""u8);
        return true;
    }

    private void ReadTokens(bool isLast)
    {
        Examined += _unread.Length;
        var reader = new Utf8JsonReader(_unread.Span, isLast, _state);
        while (!_isBeforeAudio && Failure is null && reader.Read()) Take(ref reader);
        var used = (int)reader.BytesConsumed;
        if (!Utf8.IsValid(_unread.Span[..used])) Failure ??= NotJson;
        _state = reader.CurrentState;
        _unread.Consume(used);
    }

    private void Take(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                _path[reader.CurrentDepth] = WebhookFieldNames.Find(ref reader);
                if (reader.CurrentDepth == 4) _collected = _path[3] == WebhookField.CollectedData && reader.ValueSpan.Length <= LongestFactName ? JsonText.Decode(reader.ValueSpan) : null;
                _isBeforeAudio = reader.CurrentDepth == 2 && _path[1] == WebhookField.Data && _path[2] == WebhookField.FullAudio && !Event.IsText;
                if (_isBeforeAudio && Event.HasAudio) Failure = Duplicate("data.full_audio");
                break;
            case JsonTokenType.EndObject when reader.CurrentDepth == 0:
                _isWhole = true;
                break;
            case not JsonTokenType.StartObject when reader.CurrentDepth == 0:
                Failure = NotJson;
                break;
            case JsonTokenType.String or JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False:
                TakeValue(ref reader);
                break;
        }
    }

    private void TakeValue(ref Utf8JsonReader reader)
    {
        var depth = reader.CurrentDepth;
        if (depth == 1 && _path[1] == WebhookField.Type) Event.Type = Word(ref reader, "type", Event.Type);
        else if (depth == 1 && _path[1] == WebhookField.EventTimestamp) Event.Timestamp = Time(ref reader);
        else if (depth < 2 || _path[1] != WebhookField.Data) return;
        else if (depth == 2 && _path[2] == WebhookField.AgentId) Event.AgentId = Word(ref reader, "data.agent_id", Event.AgentId);
        else if (depth == 2 && _path[2] == WebhookField.ConversationId) Event.ConversationId = Word(ref reader, "data.conversation_id", Event.ConversationId);
        else if (depth == 2 && _path[2] == WebhookField.HasAudio) Event.HasRecording = reader.TokenType == JsonTokenType.True;
        else if (depth == 2 && _path[2] == WebhookField.UserId) TakeEndUser(ref reader);
        else if (depth == 4 && _path[2] == WebhookField.Metadata && _path[3] == WebhookField.PhoneCall && _path[4] == WebhookField.ExternalNumber) TakeNumber(ref reader);
        else if (depth == 4 && _path[2] == WebhookField.Metadata && _path[3] == WebhookField.Body) TakeCarrierValue(ref reader);
        else if (_path[2] is WebhookField.Analysis or WebhookField.Metadata or WebhookField.ClientData) TakeMemory(ref reader, depth);
        else if (depth > 4 && _path[2] == WebhookField.Transcript && _path[depth] == WebhookField.ElapsedTime) TakeTurnTime(ref reader, _path[depth - 1]);
    }

    private void TakeEndUser(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.Length > LongestEndUserId || Event.EndUsers.Count == MostEndUsers) return;
        try
        {
            // One that is longer is no id that anybody could have meant.
            var id = reader.GetString()!;
            if (EndUserIds.IsId(id) && !Event.EndUsers.Contains(id)) Event.EndUsers.Add(id);
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair is no text, and nobody's id. Clients choose it: no call is lost for it.
        }
    }

    // What the carrier says of a call that did not come about, under names of its own: whose it would have been is among its numbers.
    private void TakeCarrierValue(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= LongestEndUserId && PhoneNumber.IsE164(JsonText.Decode(reader.ValueSpan))) TakeEndUser(ref reader);
    }

    private void TakeNumber(ref Utf8JsonReader reader)
    {
        TakeEndUser(ref reader);
        if (reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length is > 0 and <= LongestEndUserId) Event.PhoneNumber = JsonText.Decode(reader.ValueSpan);
    }

    /// <summary>What a memory may want. It is the text of people and models: what is of another kind, or too long, counts as absent, and no event fails for it.</summary>
    private void TakeMemory(ref Utf8JsonReader reader, int depth)
    {
        switch (_path[2], depth > 2 ? _path[3] : WebhookField.Other, depth)
        {
            case (WebhookField.Metadata, WebhookField.StartTime, 3) when reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var seconds) && seconds >= 0 && seconds < DateTimeOffset.MaxValue.ToUnixTimeSeconds():
                Event.StartedAt = DateTimeOffset.FromUnixTimeSeconds(seconds);
                break;
            case (WebhookField.Analysis, WebhookField.Summary, 3) when reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= LongestSummary:
                Event.Summary = JsonText.Decode(reader.ValueSpan);
                break;
            case (WebhookField.Analysis, WebhookField.CollectedData, 5) when _path[5] == WebhookField.Value && _collected is not null && Event.Facts.Count < MostFacts && reader.ValueSpan.Length <= LongestFact:
                Event.Facts[_collected] = JsonText.Decode(reader.ValueSpan);
                break;
            case (WebhookField.ClientData, WebhookField.DynamicVariables or WebhookField.ExtraBody, 4) when _path[4] is WebhookField.EndUser or WebhookField.SecretEndUser:
                if (reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length is > 0 and <= LongestToken && Event.EndUserTokens.Count < MostTokens) Event.EndUserTokens.Add(JsonText.Decode(reader.ValueSpan));
                break;
        }
    }

    private void TakeTurnTime(ref Utf8JsonReader reader, WebhookField metric)
    {
        var times = metric switch
        {
            WebhookField.TimeToFirstToken => Event.TimesToFirstToken,
            WebhookField.TimeToFirstSentence => Event.TimesToFirstSentence,
            _ => null,
        };
        if (times?.Count < MostTurns && reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var seconds) && seconds is >= 0 and < 3600) times.Add(seconds);
    }

    private string? Word(ref Utf8JsonReader reader, string field, string? before)
    {
        if (before is not null)
        {
            Failure = Duplicate(field);
        }
        else if (reader.TokenType != JsonTokenType.String)
        {
            Failure = new Failure(400, "invalid_type", $"The field '{field}' must be a string.", field);
        }
        else
        {
            var word = reader.ValueSpan.Length <= LongestWord ? reader.GetString()! : "";
            if (IsWord(word)) return word;
            Failure = new Failure(400, "invalid_value", $"The field '{field}' must be of 1 to {LongestWord} letters, digits, '-' and '_'.", field);
        }

        return before;
    }

    private DateTimeOffset? Time(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var seconds) && seconds >= 0 && seconds < DateTimeOffset.MaxValue.ToUnixTimeSeconds())
            return DateTimeOffset.FromUnixTimeSeconds((long)seconds);
        Failure = new Failure(400, "invalid_value", "The field 'event_timestamp' must be a time in seconds since 1970.", "event_timestamp");
        return null;
    }

    private static Failure Duplicate(string field) => new(400, "duplicate_field", $"The field '{field}' is there twice.", field);
}
