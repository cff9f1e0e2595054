using System.Text;

namespace Gateway.Tests.Webhooks;

/// <summary>Webhook bodies in ElevenLabs' form.</summary>
internal static class Events
{
    /// <summary>2026-11-22 10:00:00 UTC.</summary>
    public const long Timestamp = 1795341600;

    public static string Transcription(string conversation = "conv_1", string agent = "agent_1", string? user = "user-1", long timestamp = Timestamp, string message = "Grüß Gott 👋") => $$"""
        {
          "type": "post_call_transcription",
          "event_timestamp": {{timestamp}},
          "data": {
            "agent_id": "{{agent}}",
            "agent_name": "Front desk",
            "conversation_id": "{{conversation}}",
            "status": "done",
            "user_id": {{(user is null ? "null" : $"\"{user}\"")}},
            "transcript": [
              {
                "role": "agent", "message": "{{message}}", "time_in_call_secs": 0, "tool_calls": [],
                "conversation_turn_metrics": { "metrics": { "convai_llm_service_ttfb": { "elapsed_time": 0.37 }, "convai_llm_service_ttf_sentence": { "elapsed_time": 0.55 } } }
              },
              { "role": "user", "message": "Hello.", "time_in_call_secs": 2, "conversation_turn_metrics": null },
              {
                "role": "agent", "message": "Yes?", "time_in_call_secs": 3,
                "conversation_turn_metrics": { "convai_llm_service_ttfb": { "elapsed_time": 0.5 }, "convai_llm_service_tts": { "elapsed_time": 9 } }
              }
            ],
            "metadata": { "start_time_unix_secs": {{timestamp - 60}}, "call_duration_secs": 22, "phone_call": { "direction": "inbound", "external_number": "+4915112345678" } },
            "analysis": { "call_successful": "success", "transcript_summary": "A greeting." },
            "a_field_of_tomorrow": { "nested": [1, 2.5e3, null, "é"] }
          }
        }
        """;

    public static string Failure(string conversation = "conv_1") => $$$"""
        {"type":"call_initiation_failure","event_timestamp":{{{Timestamp}}},"data":{"agent_id":"agent_1","conversation_id":"{{{conversation}}}","failure_reason":"busy","metadata":{"type":"twilio","body": {} } } }
        """;

    public static byte[] Audio(ReadOnlySpan<byte> recording, string conversation = "conv_1", long timestamp = Timestamp) =>
        Encoding.UTF8.GetBytes($$$"""{"type":"post_call_audio","event_timestamp":{{{timestamp}}},"data":{"agent_id":"agent_1","conversation_id":"{{{conversation}}}","full_audio":"{{{Convert.ToBase64String(recording)}}}"}}""");
}
