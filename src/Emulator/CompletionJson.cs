using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;

namespace Emulator;

/// <summary>The JSON that chunks, whole completions and errors share.</summary>
internal static class CompletionJson
{
    private static readonly SearchValues<char> MustEscape = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(control => (char)control), '"', '\\']);

    /// <summary>A JSON string, in UTF-8 where it can be: the framework's encoders escape every emoji, which would hide a cut inside of one.</summary>
    public static string Text(string text) => text.AsSpan().ContainsAny(MustEscape)
        ? $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\""
        : $"\"{text}\"";

    public static string TextOrNull(string? text) => text is null ? "null" : Text(text);

    /// <summary>A word counts as a token, and so do four characters of the prompt.</summary>
    public static string Usage(ChatRequest request, Answer answer)
    {
        var (prompt, completion) = (request.PromptCharacters / 4, answer.Deltas.Count);
        var reasoning = answer.Deltas.Count(delta => delta.Kind == DeltaKind.Reasoning);
        return $$$"""{"prompt_tokens":{{{prompt}}},"completion_tokens":{{{completion}}},"total_tokens":{{{prompt + completion}}},"prompt_tokens_details":{"audio_tokens":0,"cached_tokens":0},"completion_tokens_details":{"accepted_prediction_tokens":0,"audio_tokens":0,"reasoning_tokens":{{{reasoning}}},"rejected_prediction_tokens":0}}""";
    }

    public static string LogProbs(IEnumerable<Delta> said, int alternatives)
    {
        var tokens = said.Select(delta => $"\"token\":{Text(delta.Text)},\"logprob\":-0.01,\"bytes\":[{string.Join(',', Encoding.UTF8.GetBytes(delta.Text))}]");
        return $$"""{"content":[{{string.Join(',', tokens.Select(token => $$"""{{{token}},"top_logprobs":[{{(alternatives > 0 ? "{" + token + "}" : "")}}]}"""))}}],"refusal":null}""";
    }
}
