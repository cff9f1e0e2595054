using System.Text.Json;
using Gateway.Errors;
using Gateway.Requests;

namespace Gateway.Tools;

/// <summary>
/// What ElevenLabs sends for a call, in one of two forms that are documented: the parameters as an object, or an envelope with <c>tool_call_id</c>, <c>tool_name</c>,
/// <c>parameters</c> and <c>conversation_id</c>. Failures are told in words that help a model to call again.
/// </summary>
internal sealed class ToolRequest
{
    private const string EndUserField = "end_user";

    private static readonly Failure Malformed = new(400, "invalid_json", "The body must be a JSON object in UTF-8.");

    /// <summary>The values of the tool's parameters that were given, checked.</summary>
    public Dictionary<string, JsonElement> Values { get; } = [];

    /// <summary>The conversation, where the envelope names it.</summary>
    public string? ConversationId { get; private set; }

    /// <summary>The end user's token, where it is among the parameters.</summary>
    public string? EndUserToken { get; private set; }

    /// <summary>Reads the body; null where that could be read and fits the tool.</summary>
    public static Failure? TryRead(ReadOnlyMemory<byte> body, ServerTool tool, out ToolRequest request)
    {
        request = new ToolRequest();
        try
        {
            // A tool without parameters may be called without a body.
            var root = body.IsEmpty ? JsonElement.Parse("{}"u8) : JsonElement.Parse(body.Span);
            return root.ValueKind == JsonValueKind.Object ? request.Read(root, tool) : Malformed;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not its message, which quotes the body. An invalid operation is a text that is half a character, or no UTF-8.
            return Malformed;
        }
    }

    private Failure? Read(JsonElement root, ServerTool tool)
    {
        var parameters = root;
        if (root.TryGetProperty("tool_call_id"u8, out _) && root.TryGetProperty("parameters"u8, out var inner) && inner.ValueKind == JsonValueKind.Object)
        {
            if (Text(root, "tool_name") is { } name && name != tool.Name) return WrongValue("tool_name", $"This route is the tool '{tool.Name}'.");
            ConversationId = Text(root, "conversation_id") is { } id && Conversation.IsId(id) ? id : null;
            EndUserToken = Text(root, EndUserField);
            parameters = inner;
        }

        EndUserToken = Text(parameters, EndUserField) ?? EndUserToken;
        foreach (var parameter in tool.Parameters)
        {
            var isGiven = parameters.TryGetProperty(parameter.Name, out var value) && value.ValueKind != JsonValueKind.Null && !(value.ValueKind == JsonValueKind.String && value.ValueEquals(""));
            if (!isGiven && parameter.IsRequired) return new Failure(400, "missing_required_parameter", $"The parameter '{parameter.Name}' is missing.", parameter.Name);
            if (!isGiven) continue;
            if (Wrong(parameter, value) is { } wrong) return wrong;
            Values[parameter.Name] = value;
        }

        return null;
    }

    private static Failure? Wrong(ToolParameter parameter, JsonElement value) => parameter.Type switch
    {
        ToolParameterType.Number when value.ValueKind != JsonValueKind.Number || !double.IsFinite(value.GetDouble()) => WrongType(parameter, "a number"),
        ToolParameterType.WholeNumber when value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out _) => WrongType(parameter, "a whole number"),
        ToolParameterType.Flag when value.ValueKind is not (JsonValueKind.True or JsonValueKind.False) => WrongType(parameter, "true or false"),
        // Models write a number where a text is asked for.
        ToolParameterType.Text when value.ValueKind is not (JsonValueKind.String or JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False) => WrongType(parameter, "a text"),
        ToolParameterType.Text when value.ToString() is var text && text.Length > parameter.MaxLength => WrongValue(parameter.Name, $"The parameter '{parameter.Name}' must have at most {parameter.MaxLength} characters."),
        ToolParameterType.Text when parameter.Pattern?.IsMatch(value.ToString()) == false => WrongValue(parameter.Name, $"The parameter '{parameter.Name}' must match {parameter.Pattern}."),
        _ => null,
    };

    private static Failure WrongType(ToolParameter parameter, string type) => new(400, "invalid_type", $"The parameter '{parameter.Name}' must be {type}.", parameter.Name);

    private static Failure WrongValue(string name, string message) => new(400, "invalid_value", message, name);

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;
}
