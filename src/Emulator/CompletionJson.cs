using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Emulator;

/// <summary>The parts that a chunk and a whole completion share.</summary>
internal static class CompletionJson
{
    // UTF-8 goes out as it is: escapes would hide every cut inside a character.
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static void WriteUsage(Utf8JsonWriter json, ChatRequest request, Answer answer)
    {
        // Four characters are a token, roughly; a delta is one.
        var prompt = request.PromptCharacters / 4;
        json.WriteStartObject();
        json.WriteNumber("prompt_tokens", prompt);
        json.WriteNumber("completion_tokens", answer.Deltas.Count);
        json.WriteNumber("total_tokens", prompt + answer.Deltas.Count);
        json.WriteStartObject("prompt_tokens_details");
        json.WriteNumber("audio_tokens", 0);
        json.WriteNumber("cached_tokens", 0);
        json.WriteEndObject();
        json.WriteStartObject("completion_tokens_details");
        json.WriteNumber("accepted_prediction_tokens", 0);
        json.WriteNumber("audio_tokens", 0);
        json.WriteNumber("reasoning_tokens", answer.Deltas.Count(delta => delta.Kind == DeltaKind.Reasoning));
        json.WriteNumber("rejected_prediction_tokens", 0);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static void WriteLogProbs(Utf8JsonWriter json, IEnumerable<ReadOnlyMemory<char>> tokens, int alternatives)
    {
        json.WriteStartObject();
        json.WriteStartArray("content");
        foreach (var token in tokens)
        {
            json.WriteStartObject();
            WriteToken(json, token.Span);
            json.WriteStartArray("top_logprobs");
            if (alternatives > 0)
            {
                json.WriteStartObject();
                WriteToken(json, token.Span);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNull("refusal");
        json.WriteEndObject();
    }

    private static void WriteToken(Utf8JsonWriter json, ReadOnlySpan<char> token)
    {
        json.WriteString("token", token);
        json.WriteNumber("logprob", -0.01);
        json.WriteStartArray("bytes");
        foreach (var value in Encoding.UTF8.GetBytes(token.ToArray()))
            json.WriteNumberValue(value);
        json.WriteEndArray();
    }
}
