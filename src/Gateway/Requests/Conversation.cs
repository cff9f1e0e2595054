using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Gateway.Requests;

/// <summary>Which conversation a turn belongs to.</summary>
internal static class Conversation
{
    /// <summary>
    /// The header in which ElevenLabs is to send <c>{variable_name: system__conversation_id}</c>: by itself it does not name the conversation, and
    /// an id in the prompt would break the prompt cache.
    /// </summary>
    public const string Header = "x-conversation-id";

    /// <summary>
    /// The header in which Azure is told which requests belong together: "opaque, application-owned", and without personal data (its reference of chat
    /// completions, 2026).
    /// </summary>
    public const string SessionHeader = "x-ms-session-id";

    /// <summary>The longest id. One of ElevenLabs has 31 characters, a UUID 36.</summary>
    public const int MaxLength = 128;

    /// <summary>The id from the header, else from <c>elevenlabs_extra_body.conversation_id</c>; null where neither looks like an id.</summary>
    public static string? Id(HttpRequest request, ChatRequest chat)
    {
        var id = request.Headers[Header] is [{ Length: > 0 } header, ..] ? header : chat.ConversationId;
        // It goes into the log, where a line end or a sentence of a stranger's has no place.
        return IsId(id) ? id : null;
    }

    /// <summary>The id from the header alone, for who cannot wait for the body; null where there is none.</summary>
    public static string? FromHeader(HttpRequest request) => request.Headers[Header] is [{ Length: > 0 } id, ..] && IsId(id) ? id : null;

    /// <summary>
    /// The value of <see cref="SessionHeader"/>: the caller's own, else the beginning of the conversation id's SHA-256. Not under the end users' key: a
    /// conversation is no person, and the value must not change when that key does, in the middle of a call. Null where there is no conversation id.
    /// </summary>
    public static string? SessionId(HttpRequest request, string? conversationId)
    {
        if (request.Headers[SessionHeader] is [var own, ..] && IsId(own)) return own;
        return conversationId is null ? null : SessionId(conversationId);
    }

    /// <summary>The value of <see cref="SessionHeader"/> for a conversation.</summary>
    public static string SessionId(string conversationId)
    {
        Span<byte> id = stackalloc byte[MaxLength];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(id[..Encoding.ASCII.GetBytes(conversationId, id)], hash);
        // 64 bits: enough for billions of conversations.
        return Convert.ToHexStringLower(hash[..8]);
    }

    /// <summary>Whether it is of the characters of ids, so that it may stand in a log.</summary>
    public static bool IsId([NotNullWhen(true)] string? id) => id is { Length: > 0 and <= MaxLength } && id.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or ':');
}
