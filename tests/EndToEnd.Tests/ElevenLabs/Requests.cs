using EndToEnd.Tests.Logs;

namespace EndToEnd.Tests.ElevenLabs;

/// <summary>Requests in the shapes that ElevenLabs documents for a custom LLM, and in those that are seen beside them.</summary>
internal static class Requests
{
    /// <summary>The documented "example request": the first message is in the history, and the extra body beside it.</summary>
    public const string Documented = $$"""
        {
          "messages": [
            {"role": "system", "content": "\n  {{Marker.Text}}"},
            {"role": "assistant", "content": "Hey there, {{Marker.Text}} speaking. What can I do for you?"},
            {"role": "user", "content": "Hello, {{Marker.Text}}!"}
          ],
          "model": "gpt-4o",
          "temperature": 0.5,
          "max_tokens": 5000,
          "stream": true,
          "elevenlabs_extra_body": {"UUID": "123e4567-e89b-12d3-a456-426614174000", "parameter-1": "{{Marker.Text}}", "parameter-2": {"nested": [1, "{{Marker.Text}}"]} }
        }
        """;

    /// <summary>The documented "example request with system tools".</summary>
    /// <param name="said">What the user says.</param>
    public static string WithSystemTools(string said) => $$"""
        {
          "messages": [
            {"role": "system", "content": "You are helpful. {{Marker.Text}}"},
            {"role": "user", "content": "{{said}}"}
          ],
          "model": "your-custom-model",
          "temperature": 0.7,
          "max_tokens": 1000,
          "stream": true,
          "tools": {{SystemTools}}
        }
        """;

    /// <summary>Everything at once that has been seen: unlimited tokens, the end user's id, usage, and the turn after a tool's result.</summary>
    public const string AfterATool = $$"""
        {
          "model": "any string at all",
          "stream": true,
          "stream_options": {"include_usage": true},
          "temperature": 0,
          "max_tokens": -1,
          "user_id": "{{Marker.Text}}@example.invalid",
          "reasoning_effort": null,
          "elevenlabs_extra_body": null,
          "tools": {{SystemTools}},
          "messages": [
            {"role": "system", "content": "Be brief. {{Marker.Text}}"},
            {"role": "user", "content": [{"type": "text", "text": "Which language, {{Marker.Text}}?"}]},
            {"role": "assistant", "content": null, "tool_calls": [
              {"id": "call_1", "type": "function", "function": {"name": "language_detection", "arguments": "{\"reason\":\"{{Marker.Text}}\",\"language\":\"de\"}"} }]},
            {"role": "tool", "tool_call_id": "call_1", "name": "language_detection", "content": "{\"status\":\"success\",\"language\":\"de\"}"}
          ]
        }
        """;

    private const string SystemTools = """
        [
          {"type": "function", "function": {"name": "end_call", "description": "Ends the call.", "parameters": {"type": "object", "properties": {
            "reason": {"type": "string", "description": "The reason for the tool call."}, "message": {"type": "string", "description": "A farewell."}}, "required": ["reason"]}}},
          {"type": "function", "function": {"name": "language_detection", "description": "Changes the language.", "parameters": {"type": "object", "properties": {
            "reason": {"type": "string"}, "language": {"type": "string", "description": "Must be one of language codes in tool description."}}, "required": ["reason", "language"]}}},
          {"type": "function", "function": {"name": "skip_turn", "description": "Says nothing.", "parameters": {"type": "object", "properties": {
            "reason": {"type": "string", "description": "Optional free-form reason explaining why the pause is needed."}}, "required": []}}}
        ]
        """;
}
