using System.Text.Json;
using Gateway.Requests;

namespace Gateway.Speech;

/// <summary>A tool as the request names it: one that is offered, or a call of one in the history.</summary>
/// <param name="Id">The call's id; empty for one that is offered.</param>
/// <param name="Name">The function's name.</param>
/// <param name="Arguments">The call's arguments, JSON as text; empty for one that is offered.</param>
internal readonly record struct HistoryTool(string Id, string Name, string Arguments)
{
    /// <summary>The tools that the request offers.</summary>
    public static List<HistoryTool> Offered(ChatRequest request)
    {
        foreach (var property in request.Properties)
        {
            if (property.Field == Field.Tools && !property.IsNull) return Read(request.Body.Span[property.ValueStart..property.End]);
        }

        return [];
    }

    /// <summary>The calls of an assistant's message.</summary>
    public static List<HistoryTool> Calls(ReadOnlySpan<byte> body, Message message) =>
        message.HasToolCalls ? Read(Value(body, message, "tool_calls")) : [];

    /// <summary>The text of a message's property; empty where it is none.</summary>
    public static string Text(ReadOnlySpan<byte> body, Message message, string name) =>
        Value(body, message, name) is [(byte)'"', .. var text, (byte)'"'] ? JsonText.Decode(text) : "";

    private static ReadOnlySpan<byte> Value(ReadOnlySpan<byte> body, Message message, string name)
    {
        var value = ReadOnlySpan<byte>.Empty;
        var json = new Utf8JsonReader(body[message.Start..message.End]);
        json.Read();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isIt = json.Is(name);
            json.Read();
            var start = (int)json.TokenStartIndex;
            json.Skip();
            if (isIt) value = body[(message.Start + start)..(message.Start + (int)json.BytesConsumed)];
        }

        return value;
    }

    private static List<HistoryTool> Read(ReadOnlySpan<byte> array)
    {
        List<HistoryTool> tools = [];
        if (array is not [(byte)'[', ..]) return tools;

        var json = new Utf8JsonReader(array);
        json.Read();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            var (id, name, arguments) = ("", "", "");
            ReadObject(ref json, ref id, ref name, ref arguments);
            tools.Add(new HistoryTool(id, name, arguments));
        }

        return tools;
    }

    // The function is an object in the tool's object, and no name is used in both.
    private static void ReadObject(ref Utf8JsonReader json, ref string id, ref string name, ref string arguments)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return;
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var (isId, isName, isArguments, isFunction) = (json.Is("id"), json.Is("name"), json.Is("arguments"), json.Is("function"));
            json.Read();
            if (json.TokenType == JsonTokenType.String)
            {
                if (isId) id = JsonText.Decode(json.ValueSpan);
                if (isName) name = JsonText.Decode(json.ValueSpan);
                if (isArguments) arguments = JsonText.Decode(json.ValueSpan);
            }

            if (isFunction) ReadObject(ref json, ref id, ref name, ref arguments);
            else json.Skip();
        }
    }
}
