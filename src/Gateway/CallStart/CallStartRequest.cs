using System.Text.Json;
using System.Text.Unicode;
using Gateway.Errors;

namespace Gateway.CallStart;

/// <summary>
/// What ElevenLabs tells of a call that starts. A field that is missing or not what it should be counts as not told: a withheld number, or a field that changes its form, is no
/// reason to lose the call.
/// </summary>
internal sealed record CallStartRequest
{
    private const int LongestField = 256;

    private static readonly Failure Malformed = new(400, "invalid_json", "The body must be a JSON object in UTF-8.");

    /// <summary>The number of who calls, or what the network sends in its place. It goes into no answer, log or metric.</summary>
    public string? CallerId { get; private init; }

    public string? AgentId { get; private init; }

    public string? CalledNumber { get; private init; }

    public string? CallSid { get; private init; }

    public string? ConversationId { get; private init; }

    /// <summary>Reads the body; null where it could be read.</summary>
    public static Failure? TryRead(ReadOnlyMemory<byte> body, out CallStartRequest request)
    {
        request = new CallStartRequest();
        if (!Utf8.IsValid(body.Span)) return Malformed;
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return Malformed;
            request = new CallStartRequest
            {
                CallerId = Text(root, "caller_id"u8),
                AgentId = Text(root, "agent_id"u8),
                CalledNumber = Text(root, "called_number"u8),
                CallSid = Text(root, "call_sid"u8),
                ConversationId = Text(root, "conversation_id"u8),
            };
            return null;
        }
        catch (JsonException)
        {
            // Not the exception's own message: it quotes the body.
            return Malformed;
        }
    }

    private static string? Text(JsonElement root, ReadOnlySpan<byte> name)
    {
        try
        {
            if (!root.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String) return null;
            return value.GetString() is { Length: > 0 and <= LongestField } text ? text : null;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair, in a name or the value, which is valid JSON and no text.
            return null;
        }
    }
}
