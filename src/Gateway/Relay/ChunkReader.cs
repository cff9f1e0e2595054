using System.Text.Json;

namespace Gateway.Relay;

/// <summary>Looks at a chunk, or at a whole completion, without building anything of it.</summary>
internal static class ChunkReader
{
    /// <summary>The finish reason of an answer that the content filter ended, as JSON.</summary>
    public static ReadOnlySpan<byte> ContentFilter => "\"content_filter\""u8;

    /// <summary>Reads one chunk. False where it is no JSON object, or not of a chunk's shape.</summary>
    /// <param name="data">The data of the frame.</param>
    /// <param name="calls">Where the arguments of tool calls are collected, for a caller whose calls are held.</param>
    /// <param name="chunk">What was seen.</param>
    public static bool TryRead(ReadOnlySpan<byte> data, ToolCallTracker? calls, out Chunk chunk)
    {
        chunk = default;
        try
        {
            return Read(data, calls, ref chunk);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static bool Read(ReadOnlySpan<byte> data, ToolCallTracker? calls, ref Chunk chunk)
    {
        var json = new Utf8JsonReader(data);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject) return false;

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("choices"u8))
            {
                json.Read();
                ReadChoices(ref json, calls, ref chunk);
            }
            else if (json.ValueTextEquals("id"u8))
            {
                json.Read();
                if (json.TokenType == JsonTokenType.String && !json.ValueSpan.IsEmpty) chunk.Id = Token(ref json);
            }
            else if (json.ValueTextEquals("model"u8))
            {
                json.Read();
                if (json.TokenType == JsonTokenType.String) chunk.Model = Token(ref json);
            }
            else if (json.ValueTextEquals("created"u8))
            {
                json.Read();
                if (json.TokenType == JsonTokenType.Number) chunk.Created = Token(ref json);
            }
            else if (json.ValueTextEquals("usage"u8))
            {
                json.Read();
                if (json.TokenType == JsonTokenType.StartObject) ReadUsage(ref json, ref chunk);
            }
            else if (json.ValueTextEquals("error"u8) || json.ValueTextEquals("message"u8))
            {
                // Some servers send the error itself, without the envelope.
                if (HasValue(ref json)) chunk.Kind |= ChunkKind.Error;
            }
            else
            {
                json.Skip();
            }
        }

        // To the end, so that bytes behind the object are seen as the garbage they are.
        return !json.Read();
    }

    private static void ReadChoices(ref Utf8JsonReader json, ToolCallTracker? calls, ref Chunk chunk)
    {
        if (json.TokenType != JsonTokenType.StartArray)
        {
            json.Skip();
            return;
        }

        while (json.Read() && json.TokenType == JsonTokenType.StartObject)
        {
            chunk.Kind |= ChunkKind.Choice;
            ReadChoice(ref json, calls, ref chunk);
        }
    }

    private static void ReadChoice(ref Utf8JsonReader json, ToolCallTracker? calls, ref Chunk chunk)
    {
        var index = 0;
        var hasDelta = false;
        var hasFinish = false;
        var kind = ChunkKind.None;
        var content = chunk.Content;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("delta"u8) || json.ValueTextEquals("message"u8))
            {
                json.Read();
                hasDelta = json.TokenType == JsonTokenType.StartObject;
                if (hasDelta) kind |= ReadDelta(ref json, calls, ref chunk);
            }
            else if (json.ValueTextEquals("finish_reason"u8))
            {
                json.Read();
                hasFinish = json.TokenType == JsonTokenType.String;
                if (hasFinish) chunk.FinishReason = Token(ref json);
            }
            else if (json.ValueTextEquals("index"u8))
            {
                index = ReadIndex(ref json);
            }
            else
            {
                json.Skip();
            }
        }

        // The index may stand behind the content.
        if (index != 0) chunk.Content = content;
        var bit = 1UL << index;
        chunk.Choices |= bit;
        if (hasFinish) chunk.Finished |= bit;
        if ((kind & ChunkKind.ToolCall) != 0) chunk.Calling |= bit;
        chunk.Kind |= kind | (hasDelta ? ChunkKind.Delta : 0) | (hasFinish ? ChunkKind.Finish : 0);
    }

    private static ChunkKind ReadDelta(ref Utf8JsonReader json, ToolCallTracker? calls, ref Chunk chunk)
    {
        var kind = ChunkKind.None;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("content"u8))
            {
                json.Read();
                var says = json.TokenType == JsonTokenType.String ? !json.ValueSpan.IsEmpty : json.TokenType != JsonTokenType.Null;
                if (says) kind |= ChunkKind.Speech;
                if (says && json.TokenType == JsonTokenType.String) chunk.Content = Token(ref json);
                json.Skip();
            }
            else if (json.ValueTextEquals("refusal"u8) || json.ValueTextEquals("audio"u8))
            {
                if (HasValue(ref json)) kind |= ChunkKind.Speech;
            }
            else if (json.ValueTextEquals("tool_calls"u8))
            {
                json.Read();
                // In a whole completion calls have no index but their place.
                for (var place = 0; json.TokenType != JsonTokenType.Null && json.Read() && json.TokenType == JsonTokenType.StartObject; place++)
                    kind |= ChunkKind.ToolCall | ReadToolCall(ref json, calls, place);
            }
            else if (json.ValueTextEquals("function_call"u8))
            {
                json.Read();
                if (json.TokenType == JsonTokenType.StartObject) kind |= ChunkKind.ToolCall | ReadFunction(ref json, calls, ToolCallTracker.FunctionCall);
            }
            else if (json.ValueTextEquals("reasoning_content"u8) || json.ValueTextEquals("reasoning"u8))
            {
                if (HasValue(ref json)) kind |= ChunkKind.Reasoning;
            }
            else
            {
                json.Skip();
            }
        }

        return kind;
    }

    private static ChunkKind ReadToolCall(ref Utf8JsonReader json, ToolCallTracker? calls, int index)
    {
        var kind = ChunkKind.None;
        Utf8JsonReader function = default;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("index"u8))
            {
                index = ReadIndex(ref json);
            }
            else if (json.ValueTextEquals("function"u8))
            {
                json.Read();
                // Read when the index is known, which may stand behind.
                if (json.TokenType == JsonTokenType.StartObject) function = json;
                json.Skip();
            }
            else
            {
                json.Skip();
            }
        }

        if (function.TokenType == JsonTokenType.StartObject) kind |= ReadFunction(ref function, calls, index);
        return kind;
    }

    private static ChunkKind ReadFunction(ref Utf8JsonReader json, ToolCallTracker? calls, int index)
    {
        var kind = ChunkKind.None;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("name"u8))
            {
                if (!HasValue(ref json)) continue;
                kind |= ChunkKind.ToolName;
                calls?.Begin(index);
            }
            else if (json.ValueTextEquals("arguments"u8))
            {
                json.Read();
                if (json.TokenType == JsonTokenType.String) calls?.Append(index, ref json);
            }
            else
            {
                json.Skip();
            }
        }

        return kind;
    }

    private static void ReadUsage(ref Utf8JsonReader json, ref Chunk chunk)
    {
        chunk.Kind |= ChunkKind.Usage;
        int prompt = 0, completion = 0, cached = 0;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("prompt_tokens"u8)) prompt = Number(ref json);
            else if (json.ValueTextEquals("completion_tokens"u8)) completion = Number(ref json);
            else if (json.ValueTextEquals("prompt_tokens_details"u8)) cached = CachedTokens(ref json);
            else json.Skip();
        }

        chunk.Usage = new TokenUsage(prompt, completion, cached);
    }

    private static int CachedTokens(ref Utf8JsonReader json)
    {
        var cached = 0;
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject) return 0;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("cached_tokens"u8)) cached = Number(ref json);
            else json.Skip();
        }

        return cached;
    }

    private static int Number(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType == JsonTokenType.Number && json.TryGetInt32(out var number)) return number;
        json.Skip();
        return 0;
    }

    /// <summary>An index that a choice or a tool call can have: 0 to 63, so that it is a bit. What has no such index is no chunk.</summary>
    private static int ReadIndex(ref Utf8JsonReader json)
    {
        json.Read();
        return json.TokenType == JsonTokenType.Number && json.TryGetInt32(out var index) && index is >= 0 and < 64 ? index : throw new JsonException();
    }

    /// <summary>Moves over the value; whether it is there and not empty.</summary>
    private static bool HasValue(ref Utf8JsonReader json)
    {
        json.Read();
        var hasValue = json.TokenType == JsonTokenType.String ? !json.ValueSpan.IsEmpty : json.TokenType != JsonTokenType.Null;
        json.Skip();
        return hasValue;
    }

    private static Range Token(ref Utf8JsonReader json) => (int)json.TokenStartIndex..(int)json.BytesConsumed;
}
