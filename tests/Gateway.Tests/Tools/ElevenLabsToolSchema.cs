using NJsonSchema;

namespace Gateway.Tests.Tools;

/// <summary>
/// The shape of a request to <c>POST /v1/convai/tools</c> for a webhook tool, as far as this endpoint writes one: the fields and values of <c>ToolRequestModel</c>,
/// <c>WebhookToolConfigInput</c>, <c>WebhookToolApiSchemaConfigInput</c> and <c>LiteralJsonSchemaProperty</c> in ElevenLabs' JavaScript SDK (July 2026). A field that is
/// not theirs is an error.
/// </summary>
internal static class ElevenLabsToolSchema
{
    private const string Text = """
        {
          "type": "object", "additionalProperties": false, "required": ["tool_config"],
          "properties": {
            "response_mocks": { "type": "array" },
            "tool_config": {
              "type": "object", "additionalProperties": false, "required": ["type", "name", "description", "api_schema"],
              "properties": {
                "type": { "enum": ["webhook"] },
                "name": { "type": "string", "pattern": "^[a-zA-Z0-9_-]{1,64}$" },
                "description": { "type": "string", "minLength": 1 },
                "response_timeout_secs": { "type": "integer", "minimum": 5, "maximum": 120 },
                "disable_interruptions": { "type": "boolean" },
                "pre_tool_speech": { "enum": ["auto", "force", "off"] },
                "assignments": { "type": "array" },
                "tool_error_handling_mode": { "enum": ["auto", "summarized", "passthrough", "hide"] },
                "execution_mode": { "enum": ["immediate", "post_tool_speech", "async"] },
                "dynamic_variables": { "type": "object" },
                "api_schema": {
                  "type": "object", "additionalProperties": false, "required": ["url"],
                  "properties": {
                    "url": { "type": "string", "pattern": "^https://" },
                    "method": { "enum": ["GET", "POST", "PUT", "PATCH", "DELETE"] },
                    "content_type": { "enum": ["application/json", "application/x-www-form-urlencoded"] },
                    "request_headers": {
                      "type": "object",
                      "additionalProperties": {
                        "anyOf": [
                          { "type": "string" },
                          { "type": "object", "additionalProperties": false, "required": ["secret_id"], "properties": { "secret_id": { "type": "string" } } },
                          { "type": "object", "additionalProperties": false, "required": ["variable_name"], "properties": { "variable_name": { "type": "string" } } }
                        ]
                      }
                    },
                    "request_body_schema": {
                      "type": "object", "additionalProperties": false,
                      "properties": {
                        "type": { "enum": ["object"] },
                        "required": { "type": "array", "items": { "type": "string" } },
                        "description": { "type": "string" },
                        "properties": {
                          "type": "object",
                          "additionalProperties": {
                            "type": "object", "additionalProperties": false, "required": ["type", "description"],
                            "properties": {
                              "type": { "enum": ["boolean", "string", "integer", "number"] },
                              "description": { "type": "string", "minLength": 1 },
                              "enum": { "type": "array", "items": { "type": "string" } }
                            }
                          }
                        }
                      }
                    }
                  }
                }
              }
            }
          }
        }
        """;

    /// <summary>What is wrong with a request.</summary>
    public static async Task<IReadOnlyList<string>> ErrorsAsync(string json) =>
        [.. (await JsonSchema.FromJsonAsync(Text, TestContext.Current.CancellationToken)).Validate(json).Select(static error => error.ToString())];
}
