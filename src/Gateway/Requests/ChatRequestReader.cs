using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;
using Gateway.Errors;

namespace Gateway.Requests;

/// <summary>Finds in the request's bytes what a turn needs, and refuses what no model could answer.</summary>
internal static class ChatRequestReader
{
    // OpenAI knows some 40; each costs 16 bytes here, and a stranger chooses how many there are.
    private const int MaxProperties = 256;

    // What Azure takes ("Azure OpenAI quotas and limits" on learn.microsoft.com); each costs 32 bytes here.
    private const int MaxMessages = 2048;

    private static readonly SearchValues<byte> PlainName = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"u8);

    public static Failure? TryRead(ReadOnlyMemory<byte> body, out ChatRequest request)
    {
        request = new ChatRequest(body);
        if (!Utf8.IsValid(body.Span)) return new Failure(400, "invalid_json", "The body is not valid UTF-8.");

        try
        {
            return Read(body.Span, request);
        }
        catch (JsonException e)
        {
            // Not the exception's own message: it quotes the body.
            return new Failure(400, "invalid_json", $"The body is not valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}).");
        }
        catch (InvalidOperationException)
        {
            // What the reader throws for half a surrogate pair, which is valid JSON and no text.
            return new Failure(400, "invalid_json", "The body has a string with half a surrogate pair.");
        }
    }

    private static Failure? Read(ReadOnlySpan<byte> body, ChatRequest request)
    {
        var json = new Utf8JsonReader(body);
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject) return new Failure(400, "invalid_json", "The body must be a JSON object.");

        var seen = default(FieldSet);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var start = (int)json.TokenStartIndex;
            var field = FieldNames.Find(in json);
            if (field == Field.Unknown) request.HasOddName |= IsOdd(json.ValueSpan);
            else if (seen.Contains(field))
                return new Failure(400, "duplicate_field", $"The field '{field.Name}' is there more than once.", field.Name);
            if (request.Properties.Length == MaxProperties)
                return new Failure(400, "too_many_fields", $"The body has more than {MaxProperties} fields.");
            seen |= field;

            json.Read();
            var valueStart = (int)json.TokenStartIndex;
            var isNull = json.TokenType == JsonTokenType.Null;
            if (!isNull && ReadValue(ref json, field, request) is { } failure) return failure;

            request.Add(new Property(field, isNull, start, valueStart, (int)json.BytesConsumed));
        }

        json.Read();
        return request.Has(Field.Messages)
            ? null
            : new Failure(400, "missing_required_parameter", "The field 'messages' is required.", "messages");
    }

    /// <summary>Reads the value that the reader stands on, and leaves the reader on the value's last token.</summary>
    private static Failure? ReadValue(ref Utf8JsonReader json, Field field, ChatRequest request)
    {
        switch (field)
        {
            case Field.Messages:
                return ReadMessages(ref json, request);
            case Field.Model when json.TokenType == JsonTokenType.String:
                request.Model = json.GetString();
                return null;
            case Field.UserId when json.TokenType == JsonTokenType.String:
                request.UserId = json.GetString();
                return null;
            case Field.Model or Field.UserId:
                return WrongType(field.Name, "a string");
            case Field.Stream when json.TokenType is JsonTokenType.True or JsonTokenType.False:
                request.Stream = json.GetBoolean();
                return null;
            case Field.Stream:
                return WrongType(field.Name, "a boolean");
            case Field.StreamOptions:
                return ReadStreamOptions(ref json, request);
            case Field.MaxTokens or Field.MaxCompletionTokens:
                return ReadTokenCap(ref json, field, request);
            case Field.Tools:
                if (json.TokenType != JsonTokenType.StartArray) return WrongType(field.Name, "an array");
                request.HasTools = HasEntry(in json);
                json.Skip();
                return null;
            case Field.ElevenLabsExtraBody when json.TokenType == JsonTokenType.StartObject:
                ReadExtraBody(ref json, request);
                return null;
            case Field.ElevenLabsExtraBody:
                return WrongType(field.Name, "an object");
            default:
                json.Skip();
                return null;
        }
    }

    private static Failure? ReadMessages(ref Utf8JsonReader json, ChatRequest request)
    {
        if (json.TokenType != JsonTokenType.StartArray) return WrongType("messages", "an array");

        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            var count = request.Messages.Length;
            if (count == MaxMessages) return new Failure(400, "array_above_max_length", $"The field 'messages' has more than {MaxMessages} messages.", "messages");
            if (json.TokenType != JsonTokenType.StartObject) return WrongType($"messages[{count}]", "an object");
            if (ReadMessage(ref json, request) is { } failure) return failure;
            if (request.LastRole == "user") request.TurnNumber++;
        }

        return request.Messages.Length > 0 ? null : new Failure(400, "invalid_value", "The field 'messages' must not be empty.", "messages");
    }

    private static Failure? ReadMessage(ref Utf8JsonReader json, ChatRequest request)
    {
        var start = (int)json.TokenStartIndex;
        var role = "";
        int contentStart = 0, contentEnd = 0;
        var hasToolCalls = false;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isRole = json.ValueTextEquals("role"u8);
            var isContent = !isRole && json.ValueTextEquals("content"u8);
            var isToolCalls = !isRole && !isContent && json.ValueTextEquals("tool_calls"u8);
            var isFunctionCall = !isRole && !isContent && !isToolCalls && json.ValueTextEquals("function_call"u8);
            json.Read();
            if (isRole && json.TokenType != JsonTokenType.String) return WrongType($"messages[{request.Messages.Length}].role", "a string");
            if (isRole) role = KnownRole(in json);
            if (isToolCalls) hasToolCalls |= HasEntry(in json);
            if (isFunctionCall) hasToolCalls |= json.TokenType == JsonTokenType.StartObject;
            if (isContent) contentStart = (int)json.TokenStartIndex;
            json.Skip();
            if (isContent) contentEnd = (int)json.BytesConsumed;
        }

        request.Add(new Message(role, start, (int)json.BytesConsumed, contentStart, contentEnd, hasToolCalls));
        return null;
    }

    // A constant, whatever was sent: the role goes into the log.
    private static string KnownRole(ref readonly Utf8JsonReader json)
    {
        if (json.ValueTextEquals("user"u8)) return "user";
        if (json.ValueTextEquals("assistant"u8)) return "assistant";
        if (json.ValueTextEquals("system"u8)) return "system";
        if (json.ValueTextEquals("tool"u8)) return "tool";
        if (json.ValueTextEquals("developer"u8)) return "developer";
        return json.ValueTextEquals("function"u8) ? "function" : "other";
    }

    private static bool HasEntry(ref readonly Utf8JsonReader json)
    {
        var first = json;
        return json.TokenType == JsonTokenType.StartArray && first.Read() && first.TokenType != JsonTokenType.EndArray;
    }

    private static Failure? ReadStreamOptions(ref Utf8JsonReader json, ChatRequest request)
    {
        if (json.TokenType != JsonTokenType.StartObject) return WrongType("stream_options", "an object");

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isIncludeUsage = json.ValueTextEquals("include_usage"u8);
            json.Read();
            if (isIncludeUsage)
            {
                if (json.TokenType is not (JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null))
                    return WrongType("stream_options.include_usage", "a boolean");
                request.IncludeUsage = json.TokenType == JsonTokenType.True;
                request.IncludeUsageValue = (int)json.TokenStartIndex..(int)json.BytesConsumed;
            }

            json.Skip();
        }

        return null;
    }

    private static Failure? ReadTokenCap(ref Utf8JsonReader json, Field field, ChatRequest request)
    {
        if (json.TokenType != JsonTokenType.Number) return WrongType(field.Name, "a number");

        var cap = json.TryGetDouble(out var value) && value > 0 ? (int)Math.Min(Math.Ceiling(value), int.MaxValue) : 0;
        if (field == Field.MaxTokens) request.MaxTokens = cap;
        else request.MaxCompletionTokens = cap;
        return null;
    }

    private static void ReadExtraBody(ref Utf8JsonReader json, ChatRequest request)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isConversationId = json.ValueTextEquals("conversation_id"u8);
            var isGateway = !isConversationId && json.ValueTextEquals("gateway"u8);
            var isEndUser = !isConversationId && !isGateway && json.ValueTextEquals("end_user"u8);
            json.Read();
            if (isConversationId && json.TokenType == JsonTokenType.String) request.ConversationId = json.GetString();
            if (isEndUser && json.TokenType == JsonTokenType.String) request.EndUserToken = json.GetString();
            if (isGateway && json.TokenType == JsonTokenType.StartObject) ReadGateway(ref json, request);
            json.Skip();
        }
    }

    /// <summary>What the extra body asks of this endpoint. Whoever starts the conversation wrote it, and a call must not fail for it: what is of the wrong kind counts as absent.</summary>
    private static void ReadGateway(ref Utf8JsonReader json, ChatRequest request)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isBufferWords = json.ValueTextEquals("buffer_words"u8);
            var isLanguage = !isBufferWords && json.ValueTextEquals("language"u8);
            json.Read();
            if (isBufferWords && json.TokenType is JsonTokenType.True or JsonTokenType.False) request.BufferWords = json.GetBoolean();
            if (isLanguage && json.TokenType == JsonTokenType.String) request.Language = json.GetString();
            json.Skip();
        }
    }

    private static bool IsOdd(ReadOnlySpan<byte> name) => name.ContainsAnyExcept(PlainName);

    private static Failure WrongType(string field, string expected) => new(400, "invalid_type", $"The field '{field}' must be {expected}.", field);
}
