using System.Runtime.InteropServices;
using System.Text.Json;

namespace Emulator;

/// <summary>What the emulator reads from a request's body.</summary>
internal sealed class ChatRequest
{
    private ChatRequest()
    {
    }

    public ChatRequest(JsonElement root)
    {
        Stream = Flag(root, "stream");
        IncludeUsage = root.TryGetProperty("stream_options", out var options) && options.ValueKind == JsonValueKind.Object && Flag(options, "include_usage");
        LogProbs = Flag(root, "logprobs");
        TopLogProbs = LogProbs && root.TryGetProperty("top_logprobs", out var top) && top.TryGetInt32(out var count) ? count : 0;
        MaxTokens = Limit(root, "max_completion_tokens") ?? Limit(root, "max_tokens");
        ReadMessages(root.GetProperty("messages"));
        ReadTools(root);
    }

    /// <summary>Stands for a body that was not read: as from a caller who wants a stream.</summary>
    public static ChatRequest Unread { get; } = new() { Stream = true };

    public bool Stream { get; private init; }

    public bool IncludeUsage { get; }

    public bool LogProbs { get; }

    public int TopLogProbs { get; }

    public int? MaxTokens { get; }

    public int UserTurns { get; private set; }

    public int PromptCharacters { get; private set; }

    public bool HasSystemPrompt { get; private set; }

    public string LastRole { get; private set; } = "";

    /// <summary>Text of the last message of the user's or a tool's.</summary>
    public string LastText { get; private set; } = "";

    /// <summary>Names of the functions that may be called: none when <c>tool_choice</c> is <c>none</c>, one when it names one.</summary>
    public IReadOnlyList<string> Functions { get; private set; } = [];

    public bool MustCall { get; private set; }

    /// <summary>What the system and developer messages of a body tell, a line each. Looked for only where it is asked for: prompts are long.</summary>
    public static string SystemPrompt(JsonElement root) => string.Join('\n', root.GetProperty("messages").EnumerateArray()
        .Where(static message => message.GetProperty("role").GetString() is "system" or "developer")
        .Select(static message => message.TryGetProperty("content", out var told) ? Text(told) : ""));

    private static string Text(JsonElement content) => content.ValueKind switch
    {
        JsonValueKind.String => content.GetString()!,
        JsonValueKind.Array => string.Concat(content.EnumerateArray().Select(part =>
            part.ValueKind == JsonValueKind.Object && part.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : "")),
        _ => "",
    };

    private static bool Flag(JsonElement root, string name) => root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static int? Limit(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var limit) ? limit : null;

    private void ReadMessages(JsonElement messages)
    {
        PromptCharacters = JsonMarshal.GetRawUtf8Value(messages).Length;
        JsonElement last = default;
        foreach (var message in messages.EnumerateArray())
        {
            LastRole = message.GetProperty("role").GetString() ?? "";
            HasSystemPrompt |= LastRole is "system" or "developer";
            if (LastRole is not ("user" or "tool"))
                continue;
            UserTurns += LastRole == "user" ? 1 : 0;
            last = message;
        }

        LastText = last.ValueKind == JsonValueKind.Object && last.TryGetProperty("content", out var content) ? Text(content) : "";
    }

    private void ReadTools(JsonElement root)
    {
        if (!root.TryGetProperty("tools", out var tools) || tools.ValueKind != JsonValueKind.Array)
            return;
        root.TryGetProperty("tool_choice", out var choice);
        var named = choice.ValueKind == JsonValueKind.Object ? choice.GetProperty("function").GetProperty("name").GetString() : null;
        var mode = choice.ValueKind == JsonValueKind.String ? choice.GetString() : null;
        MustCall = named is not null || mode == "required";
        if (mode != "none")
            Functions = [.. tools.EnumerateArray().Select(tool => tool.GetProperty("function").GetProperty("name").GetString()!).Where(name => named is null || name == named)];
    }
}
