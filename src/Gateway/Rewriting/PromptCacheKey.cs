using System.Buffers.Text;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Gateway.Requests;

namespace Gateway.Rewriting;

/// <summary>
/// The <c>prompt_cache_key</c> of a turn. Azure sends requests with the same beginning and the same key to the same machine, where the beginning is
/// cached already, up to some 15 a minute (the rest overflows to machines that have not seen it; "Prompt caching" on learn.microsoft.com). So the key
/// names what the turns of one agent have in common, and a shard by conversation, of which there are enough to stay below that.
/// </summary>
internal static class PromptCacheKey
{
    /// <summary>The most bytes of a key, as JSON: two quotes, 32 digits of the hash, a colon and the shard.</summary>
    public const int MaxBytes = 2 + 32 + 1 + 10;

    // An agent's instructions begin with what all its conversations share; what differs, a name or the time, tends to stand below.
    private const int SystemCharacters = 2048;

    /// <summary>Writes the key as JSON, and returns how many bytes it has.</summary>
    /// <param name="request">The caller's request.</param>
    /// <param name="model">The model, as the deployment knows it.</param>
    /// <param name="prefix">What this endpoint puts in front of the system message.</param>
    /// <param name="conversationId">The conversation; null where none is named.</param>
    /// <param name="shards">How many shards there are.</param>
    /// <param name="destination">At least <see cref="MaxBytes"/>.</param>
    public static int Write(ChatRequest request, ReadOnlySpan<byte> model, ReadOnlySpan<byte> prefix, string? conversationId, int shards, Span<byte> destination)
    {
        // No cryptography: the provider has the prompt, 128 bits of it lead nobody else back, and SHA-256 took 20 µs where this takes one.
        var common = XxHash3.HashToUInt64(request.Value(Field.Tools), (long)XxHash3.HashToUInt64(model));
        // Not what is put behind it: that differs between end users, and so would the machine.
        if (!prefix.IsEmpty) common = XxHash3.HashToUInt64(prefix, (long)common);
        var hash = XxHash128.HashToUInt128(SystemBeginning(request), (long)common);

        destination[0] = (byte)'"';
        hash.TryFormat(destination[1..], out _, "x32", CultureInfo.InvariantCulture);
        destination[33] = (byte)':';
        Utf8Formatter.TryFormat(Shard(conversationId, shards), destination[34..], out var digits);
        destination[34 + digits] = (byte)'"';
        return 35 + digits;
    }

    // Nothing else stays the same through a conversation and differs between two, so those without an id share a shard. They still meet the
    // cached instructions, as far as the limit reaches.
    private static int Shard(string? conversationId, int shards)
    {
        if (conversationId is null) return 0;

        Span<byte> id = stackalloc byte[Conversation.MaxLength];
        return (int)(XxHash3.HashToUInt64(id[..Encoding.ASCII.GetBytes(conversationId, id)]) % (uint)shards);
    }

    /// <summary>The first characters of the system message, as they stand in the body.</summary>
    private static ReadOnlySpan<byte> SystemBeginning(ChatRequest request)
    {
        foreach (ref readonly var message in request.Messages)
        {
            if (message.Role is not ("system" or "developer") || message.ContentStart == 0) continue;
            var content = request.Body.Span[message.ContentStart..message.ContentEnd];
            return content[..LengthOf(SystemCharacters + 1, content)];
        }

        return default;
    }

    /// <summary>The length of the first characters of JSON, or of all there are. An escape is one character, and so is the quote at the beginning.</summary>
    private static int LengthOf(int characters, ReadOnlySpan<byte> json)
    {
        var i = 0;
        for (; characters > 0 && i < json.Length; characters--)
        {
            i += json[i] == '\\' ? (json[i + 1] == 'u' ? 6 : 2) : 1;
            // The bytes of a character after its first.
            while (i < json.Length && (json[i] & 0xC0) == 0x80) i++;
        }

        return i;
    }
}
