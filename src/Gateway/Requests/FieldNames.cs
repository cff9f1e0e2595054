using System.Text;
using System.Text.Json;

namespace Gateway.Requests;

internal static class FieldNames
{
    private static readonly string[] Names =
    [
        "", "model", "messages", "stream", "stream_options", "tools", "max_tokens", "max_completion_tokens", "user", "safety_identifier",
        "user_id", "elevenlabs_extra_body", "reasoning_effort", "temperature", "top_p", "presence_penalty", "frequency_penalty",
        "logprobs", "top_logprobs", "logit_bias", "seed", "verbosity", "parallel_tool_calls", "service_tier",
        "prompt_cache_key", "prompt_cache_retention", "prompt_cache_options", "metadata",
    ];

    private static readonly byte[][] Utf8Names = [.. Names.Select(Encoding.UTF8.GetBytes)];

    extension(Field known)
    {
        /// <summary>The name on the wire.</summary>
        public string Name => Names[(int)known];

        /// <summary>The name on the wire, in UTF-8.</summary>
        public ReadOnlySpan<byte> Utf8Name => Utf8Names[(int)known];
    }

    /// <summary>The field of this name. The name is unescaped: <c>"mod\u0065l"</c> is the model, whoever else reads the request.</summary>
    public static Field Find(ref readonly Utf8JsonReader name)
    {
        for (var i = 1; i < Utf8Names.Length; i++)
        {
            if (name.ValueTextEquals(Utf8Names[i])) return (Field)i;
        }

        return Field.Unknown;
    }

    /// <summary>The field of this name.</summary>
    public static Field Find(ReadOnlySpan<char> name)
    {
        for (var i = 1; i < Names.Length; i++)
        {
            if (name.SequenceEqual(Names[i])) return (Field)i;
        }

        return Field.Unknown;
    }
}
