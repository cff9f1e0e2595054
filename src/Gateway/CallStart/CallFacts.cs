using System.Globalization;
using System.Text;

namespace Gateway.CallStart;

/// <summary>What is known of a call when it starts, by the names that templates have for it. All of it is text of strangers: short, on one line, and without braces.</summary>
/// <param name="call">What ElevenLabs told.</param>
/// <param name="endUserToken">The end user's signed identity; null where there is none.</param>
/// <param name="remembered">What is remembered of the end user, as far as it may be recalled.</param>
internal sealed class CallFacts(CallStartRequest call, string? endUserToken, IReadOnlyDictionary<string, string> remembered)
{
    /// <summary>Before the name of what is remembered.</summary>
    public const string Memory = "memory.";

    /// <summary>The identity, which is for headers and the extra body: nobody is to read it aloud.</summary>
    public const string EndUser = "end_user";

    /// <summary>The names of what ElevenLabs tells. Not the caller's number: ElevenLabs has it as <c>system__caller_id</c>, and it is never in an answer of ours.</summary>
    public static readonly string[] OfTheCall = ["agent_id", "called_number", "call_sid", "conversation_id"];

    private const int Longest = 200;

    /// <summary>The most bytes of one of them, as JSON: a token is longer than any text.</summary>
    public const int LongestJson = Longest * 6;

    /// <summary>What a name stands for; null where it is not known.</summary>
    public string? this[string name] => name switch
    {
        "agent_id" => Clean(call.AgentId),
        "called_number" => Clean(call.CalledNumber),
        "call_sid" => Clean(call.CallSid),
        "conversation_id" => Clean(call.ConversationId),
        EndUser => endUserToken,
        _ when name.StartsWith(Memory, StringComparison.Ordinal) && remembered.TryGetValue(name[Memory.Length..], out var value) => Clean(value),
        _ => null,
    };

    /// <summary>A stranger's text as it may be put into another. ElevenLabs would replace <c>{{secret__end_user}}</c> in a name that somebody once gave for theirs.</summary>
    private static string? Clean(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        var clean = new StringBuilder(Math.Min(text.Length, Longest));
        foreach (var rune in text.EnumerateRunes())
        {
            if (clean.Length + rune.Utf16SequenceLength > Longest) break;
            if (Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator) clean.Append(' ');
            else if (rune.Value is not ('{' or '}') && Rune.GetUnicodeCategory(rune) != UnicodeCategory.Format) clean.Append(rune.ToString());
        }

        return clean.ToString().Trim() is { Length: > 0 } trimmed ? trimmed : null;
    }
}
