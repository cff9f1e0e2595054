using System.Text.Json.Nodes;

namespace Gateway.Tests.ElevenLabs;

/// <summary>A call that ElevenLabs knows of.</summary>
internal sealed record FakeConversation(string Id, long Started, string AgentId = "agent_1", string Status = "done", byte[]? Recording = null, string User = "user-1")
{
    /// <summary>As it is in the list.</summary>
    public JsonNode Summary() => new JsonObject
    {
        ["agent_id"] = AgentId,
        ["agent_name"] = "Front desk",
        ["conversation_id"] = Id,
        ["start_time_unix_secs"] = Started,
        ["call_duration_secs"] = 60,
        ["message_count"] = 3,
        ["status"] = Status,
        ["call_successful"] = "success",
    };

    /// <summary>As it is when asked for.</summary>
    public string Details() => $$"""
        {"agent_id":"{{AgentId}}","conversation_id":"{{Id}}","status":"{{Status}}","user_id":"{{User}}","has_audio":{{(Recording is null ? "false" : "true")}},"transcript":[{"role":"agent","message":"Hello.","time_in_call_secs":0}],"metadata":{"start_time_unix_secs":{{Started}},"phone_call":{"external_number":"+4915112345678"} } }
        """;
}
