using System.Text.Json;
using Gateway.EndUsers;

namespace Gateway.Tools;

/// <summary>One call of a tool.</summary>
public sealed class ToolCall
{
    private readonly IReadOnlyDictionary<string, JsonElement> _values;

    internal ToolCall(string caller, EndUser? endUser, string? conversationId, IReadOnlyDictionary<string, JsonElement> values) =>
        (Caller, EndUser, ConversationId, _values) = (caller, endUser, conversationId, values);

    /// <summary>The name of the caller whose agent calls. What belongs to one caller is nothing for another.</summary>
    public string Caller { get; }

    /// <summary>The conversation in which it is called; null where ElevenLabs does not say.</summary>
    public string? ConversationId { get; }

    /// <summary>What the person on the line is known by: an HMAC of their id, in hex. Null where nobody is identified.</summary>
    public string? EndUserKey => EndUser?.Key;

    /// <summary>Whether a backend has signed who is on the line. Where this is false and there is a key, all that is known is a number, which can be forged.</summary>
    public bool IsEndUserSigned => EndUser?.Trust == EndUserTrust.Signed;

    internal EndUser? EndUser { get; }

    /// <summary>The value of a parameter that is a text; null where it was not given.</summary>
    public string? Text(string name) => _values.TryGetValue(name, out var value) ? value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText() : null;

    /// <summary>The value of a parameter that is a number; null where it was not given.</summary>
    public double? Number(string name) => _values.TryGetValue(name, out var value) ? value.GetDouble() : null;

    /// <summary>The value of a parameter that is yes or no; null where it was not given.</summary>
    public bool? Flag(string name) => _values.TryGetValue(name, out var value) ? value.GetBoolean() : null;
}
