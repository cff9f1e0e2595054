using System.Text;
using System.Text.Json;
using Gateway.Speech;

namespace Gateway.Webhooks;

/// <summary>What the properties of a webhook's body are called.</summary>
internal static class WebhookFieldNames
{
    // In the order of WebhookField.
    private static readonly byte[][] Names = [.. new[]
    {
        "", "type", "event_timestamp", "data", "agent_id", "conversation_id", "full_audio", "has_audio", "user_id", "metadata", "phone_call", "body",
        "external_number", "transcript", "convai_llm_service_ttfb", "convai_llm_service_ttf_sentence", "elapsed_time", "start_time_unix_secs", "analysis",
        "transcript_summary", "data_collection_results", "value", "conversation_initiation_client_data", "dynamic_variables", "custom_llm_extra_body",
        "end_user", "secret__end_user",
    }.Select(Encoding.UTF8.GetBytes)];

    // In bytes of JSON: the longest of them, with each character escaped.
    private static readonly int Longest = 6 * Names.Max(static name => name.Length);

    /// <summary>
    /// The property on whose name the reader stands. Not by <c>ValueTextEquals</c>, which throws for half a surrogate pair: clients choose names as well, and such a one is none that
    /// is known here.
    /// </summary>
    public static WebhookField Find(ref readonly Utf8JsonReader name)
    {
        if (!name.ValueIsEscaped) return Find(name.ValueSpan);
        return name.ValueSpan.Length <= Longest ? Find(Encoding.UTF8.GetBytes(JsonText.Decode(name.ValueSpan))) : WebhookField.Other;
    }

    // Not one comparison after the other in one expression: what the compiler of the runtime takes to compile that anew is seen in the process's memory.
    private static WebhookField Find(ReadOnlySpan<byte> name)
    {
        for (var i = 1; i < Names.Length; i++)
        {
            if (name.SequenceEqual(Names[i])) return (WebhookField)i;
        }

        return WebhookField.Other;
    }
}
