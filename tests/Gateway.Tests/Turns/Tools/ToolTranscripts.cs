namespace Gateway.Tests.Turns.Tools;

/// <summary>
/// ElevenLabs' system tools, and a client and a webhook tool as its customers define them. Names, parameters and the fields of results are those of
/// its documentation and SDK; in which form a result reaches a custom LLM it does not say.
/// </summary>
internal static class ToolTranscripts
{
    public static IReadOnlyList<ToolTranscript> All { get; } =
    [
        new()
        {
            Name = "end_call",
            Parameters = """{"type": "object", "properties": {"reason": {"type": "string", "description": "The reason for the tool call."}, "message": {"type": "string"}}, "required": ["reason"]}""",
            Arguments = """{"reason":"The caller said \"bye\".","message":"Auf Wiederhören, schönen Tag noch! 👋\n"}""",
            Success = """{"result_type": "end_call_success", "status": "success", "reason": "The caller said \"bye\".", "message": "Auf Wiederhören, schönen Tag noch! 👋\n"}""",
            Error = """{"status": "error", "error": "The call has ended already."}""",
        },
        new()
        {
            Name = "language_detection",
            Parameters = """{"type": "object", "properties": {"reason": {"type": "string"}, "language": {"type": "string", "description": "Must be one of language codes in tool description."}}, "required": ["reason", "language"]}""",
            Arguments = """{ "reason" : "उपयोगकर्ता हिन्दी बोल रहा है" , "language" : "hi" }""",
            Success = """{"result_type":"language_detection_success","status":"success","reason":"उपयोगकर्ता हिन्दी बोल रहा है","language":"hi"}""",
            Error = """Language 'hi' is not supported.""",
        },
        new()
        {
            Name = "skip_turn",
            Parameters = """{"type": "object", "properties": {"reason": {"type": "string", "description": "Optional free-form reason explaining why the pause is needed."}}, "required": []}""",
            Arguments = "{}",
            Success = """{"result_type": "skip_turn_success", "status": "success", "reason": null}""",
            Error = """{"status": "error", "error": "The caller is speaking."}""",
        },
        new()
        {
            Name = "transfer_to_agent",
            Parameters = """{"type": "object", "properties": {"reason": {"type": "string"}, "agent_number": {"type": "integer", "description": "The zero-indexed number of the transfer rule."}}, "required": ["agent_number"]}""",
            Says = "Billing knows more about that.",
            Arguments = """{"reason":"Frage zur Rechnung","agent_number":1}""",
            Success = """{"result_type": "transfer_to_agent_success", "status": "success", "from_agent": "agent_1", "to_agent": "agent_2", "condition": "Asks about an invoice."}""",
            Error = """{"result_type": "transfer_to_agent_error", "status": "error", "from_agent": "agent_1", "error": "Agent number 1 does not exist."}""",
        },
        new()
        {
            Name = "transfer_to_number",
            Parameters = """{"type": "object", "properties": {"reason": {"type": "string"}, "transfer_number": {"type": "string"}, "client_message": {"type": "string"}, "agent_message": {"type": "string"}}, "required": ["transfer_number", "client_message", "agent_message"]}""",
            Says = "A colleague can decide that for you.",
            Arguments = """{"reason":"Wants a person","transfer_number":"+15550100","client_message":"I’m putting you through – stay on the line…","agent_message":"Asks for C:\\invoices\\A-17,\tthe \"late\" one.\r\nUrgent."}""",
            Success = """{"result_type": "transfer_to_number_twilio_success", "status": "success", "transfer_number": "+15550100", "reason": "Wants a person", "client_message": "I’m putting you through – stay on the line…", "agent_message": "…", "conference_name": "transfer_1", "note": null}""",
            Error = """{"result_type": "transfer_to_number_error", "status": "error", "error": "Busy", "details": null}""",
        },
        new()
        {
            Name = "voicemail_detection",
            Parameters = """{"type": "object", "properties": {"reason": {"type": "string"}}, "required": ["reason"]}""",
            Arguments = """{"reason":"\u0022Leave a message after the tone.\u0022 \ud83d\udce0 \u00e7a suffit \/ \b\f"}""",
            Success = """{"result_type": "voicemail_detection_success", "status": "success", "voicemail_message": "Please call the café back.", "reason": "\"Leave a message after the tone.\""}""",
            Error = """{"status": "error", "error": "No voicemail."}""",
        },
        new()
        {
            Name = "play_keypad_touch_tone",
            Parameters = """{"type": "object", "properties": {"reason": {"type": "string"}, "dtmf_tones": {"type": "string", "description": "0-9, *, #, w and W for pauses."}}, "required": ["dtmf_tones"]}""",
            Arguments = """{"reason":"The menu asks for \"1\", then the account","dtmf_tones":"1ww0042W*#"}""",
            Success = """{"result_type": "play_dtmf_success", "status": "success", "dtmf_tones": "1ww0042W*#", "reason": "The menu asks for \"1\", then the account"}""",
            Error = """{"result_type": "play_dtmf_error", "status": "error", "error": "Not a phone call.", "details": "{\"transport\":\"websocket\"}"}""",
        },
        new()
        {
            Name = "update_state",
            Parameters = """{"type": "object", "properties": {"should_escalate": {"type": "boolean"}, "mood": {"type": "string"}, "order": {"type": "string"}}, "required": []}""",
            Says = "I have noted that.",
            Arguments = """{"should_escalate":true,"mood":"gereizt 😠","order":"{\"id\":\"A-17\",\"items\":[{\"name\":\"Käse \\\"alt\\\"\",\"path\":\"C:\\\\\"}]}"}""",
            Success = """{"status": "success", "updated": ["should_escalate", "mood", "order"]}""",
            Error = """{"status": "error", "error": "Unknown variable 'mood'."}""",
        },
        // A client tool: it runs in the caller's app, and what it returns is any text.
        new()
        {
            Name = "show_map",
            Parameters = """{"type": "object", "properties": {"places": {"type": "array", "items": {"type": "object", "properties": {"name": {"type": "string"}, "at": {"type": "array", "items": {"type": "number"}}}}}, "zoom": {"type": "number"}}, "required": ["places"]}""",
            Says = "Here is the way.",
            Arguments = """{"places":[{"name":"Łódź","at":[51.7700,19.46e0]},{"name":"}{][","at":[]}],"zoom":1.50,"then":null}""",
            Success = "Shown.\nThe caller taps “Łódź”.",
            Error = """Error: {"code": "E_NO_MAP", "message": "no \"map\" here"}""",
        },
        // A webhook tool: its result is the body that the server answered.
        new()
        {
            Name = "book_table",
            Parameters = """{"type": "object", "properties": {"guest": {"type": "object", "properties": {"name": {"type": "string"}, "notes": {"type": "string"}}}, "seats": {"type": "integer"}}, "required": ["guest", "seats"]}""",
            Says = "I am writing it down: four seats, by the window.",
            Arguments = """
                {
                  "guest": {"name": "Zoë", "notes": "{\"allergies\": [\"crème fraîche\"], \"said\": \"\\\"no onions\\\"\"}"},
                  "seats": 4
                }
                """,
            Success = """{"booking":{"id":8812,"at":"2026-10-05T19:30:00+02:00","guest":"Zoë"},"ok":true}""",
            Error = """{"detail":[{"loc":["body","seats"],"msg":"Nur noch 2 Plätze frei."}],"status":422}""",
        },
    ];
}
