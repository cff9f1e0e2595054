using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Simulation;

/// <summary>What a caller heard, in a line: <c>1800 "One moment... " 2350 "Hello" " there." stop done</c>, times in ms where something came.</summary>
internal static class Heard
{
    public static string Line(SimulatedTurn turn)
    {
        if (turn.Headers.ContentType != "text/event-stream") return Whole(turn);
        var line = new StringBuilder();
        var last = TimeSpan.MinValue;
        foreach (var (at, text) in turn.Writes)
        {
            if (at != last) Append(line, at.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture));
            last = at;
            foreach (var frame in text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)) Frame(line, frame);
        }

        return line.ToString();
    }

    private static string Whole(SimulatedTurn turn)
    {
        using var json = JsonDocument.Parse(turn.Body);
        if (json.RootElement.TryGetProperty("error", out var error)) return $"{turn.Status} {error.GetProperty("code").GetString()}";
        var line = new StringBuilder($"{turn.Status}");
        Choice(line, json.RootElement.GetProperty("choices")[0], "message");
        return line.ToString();
    }

    private static void Frame(StringBuilder line, string frame)
    {
        if (frame.StartsWith(": ", StringComparison.Ordinal))
        {
            Append(line, $"({frame[2..]})");
            return;
        }

        var data = frame["data: ".Length..];
        if (data == "[DONE]")
        {
            Append(line, "done");
            return;
        }

        using var json = JsonDocument.Parse(data);
        if (json.RootElement.TryGetProperty("error", out var error)) Append(line, $"error {error.GetProperty("code").GetString()}");
        else if (json.RootElement.GetProperty("choices") is var choices && choices.GetArrayLength() == 0) Append(line, "usage");
        else Choice(line, choices[0], "delta");
    }

    private static void Choice(StringBuilder line, JsonElement choice, string name)
    {
        var delta = choice.GetProperty(name);
        if (delta.TryGetProperty("role", out _)) Append(line, "role");
        if (delta.TryGetProperty("content", out var content) && content.GetString() is { Length: > 0 } text) Append(line, $"\"{text}\"");
        if (delta.TryGetProperty("reasoning_content", out var thought)) Append(line, $"thinks \"{thought.GetString()}\"");
        if (delta.TryGetProperty("tool_calls", out var calls))
        {
            foreach (var call in calls.EnumerateArray())
            {
                var function = call.GetProperty("function");
                Append(line, $"{(function.TryGetProperty("name", out var called) ? called.GetString() : "")}({(function.TryGetProperty("arguments", out var arguments) ? arguments.GetString() : "")})");
            }
        }

        if (choice.GetProperty("finish_reason").GetString() is { } reason) Append(line, reason);
    }

    private static void Append(StringBuilder line, string text) => line.Append(line.Length == 0 ? "" : " ").Append(text);
}
