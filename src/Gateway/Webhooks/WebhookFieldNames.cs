using System.Text;
using System.Text.Json;
using Gateway.Speech;

namespace Gateway.Webhooks;

/// <summary>What the properties of a webhook's body are called.</summary>
internal static class WebhookFieldNames
{
    // In bytes of JSON: the longest of them, with each character escaped.
    private const int Longest = 6 * 35;

    /// <summary>
    /// The property on whose name the reader stands. Not by <c>ValueTextEquals</c>, which throws for half a surrogate pair: clients choose names as well, and such a one is none that
    /// is known here.
    /// </summary>
    public static WebhookField Find(ref readonly Utf8JsonReader name)
    {
        if (!name.ValueIsEscaped) return Find(name.ValueSpan);
        return name.ValueSpan.Length <= Longest ? Find(Encoding.UTF8.GetBytes(JsonText.Decode(name.ValueSpan))) : WebhookField.Other;
    }

    private static WebhookField Find(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("type"u8) ? WebhookField.Type
        : name.SequenceEqual("event_timestamp"u8) ? WebhookField.EventTimestamp
        : name.SequenceEqual("data"u8) ? WebhookField.Data
        : name.SequenceEqual("agent_id"u8) ? WebhookField.AgentId
        : name.SequenceEqual("conversation_id"u8) ? WebhookField.ConversationId
        : name.SequenceEqual("full_audio"u8) ? WebhookField.FullAudio
        : name.SequenceEqual("has_audio"u8) ? WebhookField.HasAudio
        : name.SequenceEqual("user_id"u8) ? WebhookField.UserId
        : name.SequenceEqual("metadata"u8) ? WebhookField.Metadata
        : name.SequenceEqual("phone_call"u8) ? WebhookField.PhoneCall
        : name.SequenceEqual("body"u8) ? WebhookField.Body
        : name.SequenceEqual("external_number"u8) ? WebhookField.ExternalNumber
        : name.SequenceEqual("transcript"u8) ? WebhookField.Transcript
        : name.SequenceEqual("convai_llm_service_ttfb"u8) ? WebhookField.TimeToFirstToken
        : name.SequenceEqual("convai_llm_service_ttf_sentence"u8) ? WebhookField.TimeToFirstSentence
        : name.SequenceEqual("elapsed_time"u8) ? WebhookField.ElapsedTime
        : name.SequenceEqual("start_time_unix_secs"u8) ? WebhookField.StartTime
        : name.SequenceEqual("analysis"u8) ? WebhookField.Analysis
        : name.SequenceEqual("transcript_summary"u8) ? WebhookField.Summary
        : name.SequenceEqual("data_collection_results"u8) ? WebhookField.CollectedData
        : name.SequenceEqual("value"u8) ? WebhookField.Value
        : name.SequenceEqual("conversation_initiation_client_data"u8) ? WebhookField.ClientData
        : name.SequenceEqual("dynamic_variables"u8) ? WebhookField.DynamicVariables
        : name.SequenceEqual("custom_llm_extra_body"u8) ? WebhookField.ExtraBody
        : name.SequenceEqual("end_user"u8) ? WebhookField.EndUser
        : name.SequenceEqual("secret__end_user"u8) ? WebhookField.SecretEndUser
        : WebhookField.Other;
}
