using System.Text;

namespace Gateway.Speech;

/// <summary>A phrase as it is found again in the history.</summary>
/// <param name="Folded">Its characters, folded, without white space at the end.</param>
/// <param name="IsFallback">Whether it is a fallback sentence, and not buffer words.</param>
internal sealed record Phrase(string Folded, bool IsFallback)
{
    public static Phrase Of(string text, bool isFallback)
    {
        // A phrase has no control characters, so these two are all that JSON escapes. The encoder would cost a cold start more than all phrases.
        var json = Encoding.UTF8.GetBytes(text.TrimEnd().Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal));
        var folded = new FoldedText(new char[json.Length + FoldedText.Slack], new int[json.Length + FoldedText.Slack]);
        folded.Read(json);
        return new Phrase(folded.Text.ToString(), isFallback);
    }
}
