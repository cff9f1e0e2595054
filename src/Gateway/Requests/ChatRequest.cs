using System.Text;
using Gateway.Rewriting;

namespace Gateway.Requests;

/// <summary>What a turn needs to know of its request; the rest stays bytes.</summary>
internal sealed class ChatRequest(ReadOnlyMemory<byte> body) : IDisposable
{
    private PooledList<Property> _properties = new();
    private PooledList<Message> _messages = new();

    /// <summary>The body as it came, decompressed.</summary>
    public ReadOnlyMemory<byte> Body { get; } = body;

    /// <summary>The properties of the request's object, in order.</summary>
    public ReadOnlySpan<Property> Properties => _properties.Span;

    /// <summary>The messages, in order. At least one.</summary>
    public ReadOnlySpan<Message> Messages => _messages.Span;

    public string? Model { get; set; }

    public bool Stream { get; set; }

    /// <summary>Whether the caller asked for the usage chunk (<c>stream_options.include_usage</c>).</summary>
    public bool IncludeUsage { get; set; }

    /// <summary>The value of <c>stream_options.include_usage</c>; empty where there is none.</summary>
    public Range IncludeUsageValue { get; set; }

    public bool HasTools { get; set; }

    /// <summary><c>max_tokens</c>; 0 where there is none, also for a value of zero or less, which ElevenLabs sends for "no limit" and Azure refuses.</summary>
    public int MaxTokens { get; set; }

    /// <summary><c>max_completion_tokens</c>; 0 where there is none.</summary>
    public int MaxCompletionTokens { get; set; }

    /// <summary>
    /// Whether an unknown field has a name of other characters than letters, digits and <c>_</c>. An upstream quotes such a name in its errors, so
    /// that it can look like words of the upstream's.
    /// </summary>
    public bool HasOddName { get; set; }

    public string? UserId { get; set; }

    /// <summary>The conversation's id, where the extra body names one. Not trusted: whoever starts the conversation chooses it.</summary>
    public string? ConversationId { get; set; }

    /// <summary>The end user's token, where the extra body has one. Worth what its signature is.</summary>
    public string? EndUserToken { get; set; }

    /// <summary>Whether buffer words may be spoken, where the extra body says so. A caller without them stays without.</summary>
    public bool? BufferWords { get; set; }

    /// <summary>The language of the conversation, where the extra body names one. Not trusted either.</summary>
    public string? Language { get; set; }

    /// <summary>What every attempt sends otherwise of the messages, in their order: without what was spoken without a model, and with what the caller's system message gets.</summary>
    public Edit[] Edits { get; set; } = [];

    /// <summary>The role of the last message.</summary>
    public string LastRole => _messages.Count > 0 ? _messages.Span[^1].Role : "";

    /// <summary>How many of the messages are the user's.</summary>
    public int TurnNumber { get; set; }

    /// <summary>Whether the request has a value for this field; <c>null</c> is none.</summary>
    public bool Has(Field field) => !Value(field).IsEmpty;

    /// <summary>The value of this field, as it stands in the body; empty where there is none.</summary>
    public ReadOnlySpan<byte> Value(Field field)
    {
        foreach (var property in Properties)
        {
            if (property.Field == field) return property.IsNull ? default : Body.Span[property.ValueStart..property.End];
        }

        return default;
    }

    /// <summary>Whether the request's object has a property of this name.</summary>
    public bool HasField(string name)
    {
        foreach (var property in Properties)
        {
            // Byte for byte: what would have to be unescaped is no name of a field that a model knows.
            var written = Body.Span[(property.Start + 1)..property.ValueStart];
            if (written.Length > name.Length && written[name.Length] == '"' && Ascii.Equals(written[..name.Length], name)) return true;
        }

        return false;
    }

    public void Add(Property property) => _properties.Add(property);

    public void Add(in Message message) => _messages.Add(message);

    public void Dispose()
    {
        _properties.Dispose();
        _messages.Dispose();
    }
}
