using System.Text;
using System.Text.Json;

namespace Emulator;

/// <summary>What an emulator without a script says: enough for a demo, and nothing that could be taken for a model.</summary>
internal static class SmallTalk
{
    private static readonly string[] Farewells = ["goodbye", "good bye", "bye", "hang up", "end the call", "see you"];
    private static readonly string[] Greetings = ["hello", "hi", "hey", "good morning", "good evening"];

    public static EmulatorScript Reply(ChatRequest request)
    {
        var said = request.LastText.Trim();
        if (request.LastRole == "tool")
            return Say(request, "That is done. Thank you for talking to the emulator.");
        if (Has(said, Farewells) || request.MustCall)
        {
            var call = request.Functions.FirstOrDefault(function => function.GetProperty("name").ValueEquals("end_call"));
            if (call.ValueKind == JsonValueKind.Undefined && request is { MustCall: true, Functions.Count: > 0 })
                call = request.Functions[0];
            if (call.ValueKind != JsonValueKind.Undefined)
                return new() { ToolCalls = [new() { Name = call.GetProperty("name").GetString()!, Arguments = Arguments(call) }] };
            if (Has(said, Farewells))
                return Say(request, "Goodbye, and thank you for talking to the emulator.");
        }

        // A turn of silence: nothing was said since, or nothing that is a word.
        if (request.LastRole == "assistant" || !said.Any(char.IsLetterOrDigit))
            return Say(request, "Are you still there?");
        var hello = request.UserTurns == 1 || Has(said, Greetings) ? "Hello! I am an emulator, no model is behind me. " : "";
        if (Has(said, "prompt", "instructions"))
            return Say(request, hello + (request.HasSystemPrompt ? "Yes, I was given a system prompt." : "No, I was given no system prompt."));
        return Say(request, hello + (said.EndsWith('?')
            ? $"That is a good question, and a model would know more about it than I do. You asked: {said}"
            : $"You said: {said}{(char.IsPunctuation(said[^1]) ? "" : ".")} That was turn {request.UserTurns}."));
    }

    private static EmulatorScript Say(ChatRequest request, string text) => request.MaxTokens < text.Count(' ') + 1
        ? new() { Text = text, Chunks = request.MaxTokens, FinishReason = "length" }
        : new() { Text = text };

    private static bool Has(string text, params ReadOnlySpan<string> phrases)
    {
        foreach (var phrase in phrases)
        {
            var at = text.IndexOf(phrase, StringComparison.OrdinalIgnoreCase);
            if (at >= 0 && (at == 0 || !char.IsLetter(text[at - 1])) && (at + phrase.Length == text.Length || !char.IsLetter(text[at + phrase.Length])))
                return true;
        }

        return false;
    }

    /// <summary>Arguments that satisfy the function's schema, as far as required strings, numbers and booleans go.</summary>
    private static string Arguments(JsonElement function)
    {
        if (function.GetProperty("name").ValueEquals("end_call"))
            return """{"reason":"The user said goodbye.","message":"Goodbye, and thank you for talking to the emulator."}""";
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            if (function.TryGetProperty("parameters", out var schema) && schema.TryGetProperty("required", out var required) && schema.TryGetProperty("properties", out var properties))
                foreach (var name in required.EnumerateArray().Select(name => name.GetString()!))
                    WriteSample(json, name, properties.TryGetProperty(name, out var property) && property.TryGetProperty("type", out var type) ? type.ToString() : "string");
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static void WriteSample(Utf8JsonWriter json, string name, string type)
    {
        if (type is "integer" or "number")
            json.WriteNumber(name, 1);
        else if (type == "boolean")
            json.WriteBoolean(name, true);
        else
            json.WriteString(name, "emulated");
    }
}
