using Gateway.Requests;
using Gateway.Speech;

namespace Gateway.Rewriting;

/// <summary>
/// What a caller's system message gets in front of its content and behind it. A conversation that does not begin with one gets one.
/// </summary>
internal sealed class SystemAdditions
{
    /// <summary>The longest prefix or suffix, in bytes of UTF-8. It is paid for in every turn, and what is longer belongs into the agent's prompt.</summary>
    public const int MaxBytes = 8 * 1024;

    private static readonly byte[] BlankLine = @"\n\n"u8.ToArray();

    /// <param name="prefix">What is put in front; null for nothing.</param>
    /// <param name="suffix">What is put behind; null for nothing.</param>
    public SystemAdditions(string? prefix, string? suffix) => (Prefix, Suffix) = (Escaped(prefix), Escaped(suffix));

    /// <summary>What is put in front, escaped to stand in a JSON string.</summary>
    public byte[] Prefix { get; }

    /// <summary>What is put behind, escaped likewise.</summary>
    public byte[] Suffix { get; }

    /// <summary>Nothing.</summary>
    public static SystemAdditions None { get; } = new(prefix: null, suffix: null);

    /// <summary>The additions of a caller; null where nothing is added, so that a turn has nothing to do.</summary>
    public static SystemAdditions? Of(string? prefix, string? suffix) => string.IsNullOrWhiteSpace(prefix) && string.IsNullOrWhiteSpace(suffix) ? null : new(prefix, suffix);

    /// <summary>Adds to a request. Content that is neither text nor a list is the upstream's to judge and stays as it is.</summary>
    /// <param name="request">The request.</param>
    /// <param name="notes">What is put behind the suffix, escaped likewise; empty for nothing.</param>
    public void AddTo(ChatRequest request, ReadOnlySpan<byte> notes)
    {
        var behind = Join(Suffix, notes);
        if (Prefix.Length == 0 && behind.Length == 0) return;

        var first = request.Messages[0];
        var body = request.Body.Span;
        if (first.Role is not ("system" or "developer")) request.Edits = [Insert(first.Start, [.. "{\"role\":\"system\",\"content\":\""u8, .. Join(Prefix, behind), .. "\"},"u8]), .. request.Edits];
        else if (first.HasText(body)) request.Edits = [.. IntoText(first, behind), .. request.Edits];
        else if (first.ContentStart > 0 && body[first.ContentStart] == '[') request.Edits = [.. IntoList(first, body, behind), .. request.Edits];
    }

    private static byte[] Escaped(string? text) => string.IsNullOrWhiteSpace(text) ? [] : JsonText.Quote(text.Trim())[1..^1];

    private static byte[] Join(ReadOnlySpan<byte> above, ReadOnlySpan<byte> below) => above.IsEmpty || below.IsEmpty ? [.. above, .. below] : [.. above, .. BlankLine, .. below];

    private static Edit Insert(int at, byte[] bytes) => new(at, at, bytes);

    private Edit[] IntoText(Message message, byte[] behind)
    {
        var (start, end) = (message.ContentStart + 1, message.ContentEnd - 1);
        if (start == end) return [Insert(start, Join(Prefix, behind))];
        return [.. Prefix.Length == 0 ? [] : new[] { Insert(start, [.. Prefix, .. BlankLine]) }, .. behind.Length == 0 ? [] : new[] { Insert(end, [.. BlankLine, .. behind]) }];
    }

    // Parts of their own: those that came may be of any kind. The blank line is in them, because a model is given the texts one right behind the other.
    private Edit[] IntoList(Message message, ReadOnlySpan<byte> body, byte[] behind)
    {
        var (start, end) = (message.ContentStart + 1, message.ContentEnd - 1);
        if (body[start..end].Trim(" \t\r\n"u8).IsEmpty) return [Insert(start, Part(Join(Prefix, behind)))];
        return [.. Prefix.Length == 0 ? [] : new[] { Insert(start, [.. Part([.. Prefix, .. BlankLine]), .. ","u8]) }, .. behind.Length == 0 ? [] : new[] { Insert(end, [.. ","u8, .. Part([.. BlankLine, .. behind])]) }];
    }

    private static byte[] Part(ReadOnlySpan<byte> text) => [.. "{\"type\":\"text\",\"text\":\""u8, .. text, .. "\"}"u8];
}
