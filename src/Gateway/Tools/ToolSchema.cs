using System.Text.Json;
using Gateway.CallStart;
using Gateway.Memory;

namespace Gateway.Tools;

/// <summary>A tool in ElevenLabs' words (<c>WebhookToolConfigInput</c> of their API).</summary>
internal static class ToolSchema
{
    // What ElevenLabs takes at least.
    private const double ShortestTimeout = 5;

    /// <param name="json">Where it is written.</param>
    /// <param name="tool">The tool.</param>
    /// <param name="url">Its address.</param>
    /// <param name="secretId">The id of ElevenLabs' workspace secret with the caller's key.</param>
    public static void Write(Utf8JsonWriter json, ServerTool tool, string url, string secretId)
    {
        json.WriteStartObject();
        json.WriteStartObject("tool_config"u8);
        json.WriteString("type"u8, "webhook"u8);
        json.WriteString("name"u8, tool.Name);
        json.WriteString("description"u8, tool.Description);
        json.WriteNumber("response_timeout_secs"u8, (int)Math.Max(ShortestTimeout, Math.Ceiling(tool.Timeout.TotalSeconds)));
        // Else the model does not see what was wrong with its call.
        json.WriteString("tool_error_handling_mode"u8, "passthrough"u8);
        json.WriteStartObject("api_schema"u8);
        json.WriteString("url"u8, url);
        json.WriteString("method"u8, "POST"u8);
        json.WriteString("content_type"u8, "application/json"u8);

        json.WriteStartObject("request_headers"u8);
        json.WriteStartObject("x-api-key"u8);
        json.WriteString("secret_id"u8, secretId);
        json.WriteEndObject();
        json.WriteStartObject(TurnRecall.Header);
        json.WriteString("variable_name"u8, CallStartAnswer.EndUserVariable);
        json.WriteEndObject();
        json.WriteEndObject();

        json.WriteStartObject("request_body_schema"u8);
        json.WriteString("type"u8, "object"u8);
        json.WriteStartArray("required"u8);
        foreach (var parameter in tool.Parameters)
        {
            if (parameter.IsRequired) json.WriteStringValue(parameter.Name);
        }

        json.WriteEndArray();
        json.WriteStartObject("properties"u8);
        foreach (var parameter in tool.Parameters)
        {
            json.WriteStartObject(parameter.Name);
            json.WriteString("type"u8, Type(parameter.Type));
            json.WriteString("description"u8, parameter.Description);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string Type(ToolParameterType type) => type switch
    {
        ToolParameterType.Number => "number",
        ToolParameterType.WholeNumber => "integer",
        ToolParameterType.Flag => "boolean",
        _ => "string",
    };
}
