using System.Text;
using System.Text.Json;
using Gateway.Upstream;

namespace Gateway.Rewriting;

/// <summary>The <c>metadata</c> of a request to an agent: the caller's own, and what an agent is told of the turn.</summary>
internal static class AgentMetadata
{
    // OpenAI's limit ("Set of 16 key-value pairs", its reference of chat completions). Ours are well below its 64 and 512 characters.
    private const int MostPairs = 16;

    /// <summary>
    /// Adds ours to the caller's, which stay as they are, byte for byte: where a name is taken it is theirs, and where there is no room the last of
    /// ours are left out. Empty where nothing is added, because there is no room or theirs is no object.
    /// </summary>
    /// <param name="theirs">The caller's value; empty where there is none.</param>
    /// <param name="agent">What is told.</param>
    public static byte[] Merge(ReadOnlySpan<byte> theirs, AgentContext agent)
    {
        if (theirs.IsEmpty) theirs = "{}"u8;
        if (!TryRead(theirs, out var names)) return [];

        var room = MostPairs - names.Count;
        var ours = new StringBuilder();
        Add("conversation_id", agent.ConversationId);
        Add("user", agent.User);
        Add("request_id", agent.RequestId);
        if (ours.Length == 0) return [];

        var start = theirs[..^1].TrimEnd(" \t\r\n"u8);
        return [.. start, .. names.Count > 0 ? ","u8 : ""u8, .. Encoding.ASCII.GetBytes(ours.ToString()), (byte)'}'];

        void Add(string name, string? value)
        {
            if (value is null || room == 0 || names.Contains(name)) return;
            ours.Append(ours.Length > 0 ? "," : "").Append('"').Append(name).Append("\":\"").Append(value).Append('"');
            room--;
        }
    }

    private static bool TryRead(ReadOnlySpan<byte> theirs, out List<string> names)
    {
        names = [];
        var json = new Utf8JsonReader(theirs);
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject) return false;
        try
        {
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                names.Add(json.GetString()!);
                json.Read();
                json.Skip();
            }

            return names.Count < MostPairs;
        }
        catch (InvalidOperationException)
        {
            // A name with half a surrogate pair, which is valid JSON and no text.
            return false;
        }
    }
}
