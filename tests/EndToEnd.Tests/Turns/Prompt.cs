using System.Text.Json.Nodes;
using EndToEnd.Tests.Logs;

namespace EndToEnd.Tests.Turns;

/// <summary>What is asked.</summary>
internal static class Prompt
{
    /// <summary>A user's message that scripts the emulator's answer; <c>EmulatorScript</c> says what a script holds.</summary>
    public static string Script(string json) => $"{Marker.Script} {json}";

    /// <summary>The body of a turn with one message of the user's.</summary>
    /// <param name="text">The message.</param>
    /// <param name="stream">Whether the answer is to be streamed.</param>
    /// <param name="includeUsage">Whether a stream is to end with its usage.</param>
    /// <param name="model">The model; none is named where it is null.</param>
    public static JsonObject Body(string text, bool stream = true, bool includeUsage = false, string? model = null)
    {
        var body = new JsonObject
        {
            ["stream"] = stream,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = text }),
        };
        if (model is not null) body["model"] = model;
        if (includeUsage) body["stream_options"] = new JsonObject { ["include_usage"] = true };
        return body;
    }
}
