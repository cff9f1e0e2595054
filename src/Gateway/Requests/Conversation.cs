namespace Gateway.Requests;

/// <summary>Which conversation a turn belongs to.</summary>
internal static class Conversation
{
    /// <summary>
    /// The header in which ElevenLabs is to send <c>{variable_name: system__conversation_id}</c>: by itself it does not name the conversation, and
    /// an id in the prompt would break the prompt cache.
    /// </summary>
    public const string Header = "x-conversation-id";

    /// <summary>The longest id. One of ElevenLabs has 31 characters, a UUID 36.</summary>
    public const int MaxLength = 128;

    /// <summary>The id from the header, else from <c>elevenlabs_extra_body.conversation_id</c>; null where neither looks like an id.</summary>
    public static string? Id(HttpRequest request, ChatRequest chat)
    {
        var id = request.Headers[Header] is [{ Length: > 0 } header, ..] ? header : chat.ConversationId;
        // It goes into the log, where a line end or a sentence of a stranger's has no place.
        return id is { Length: > 0 and <= MaxLength } && id.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':') ? id : null;
    }
}
