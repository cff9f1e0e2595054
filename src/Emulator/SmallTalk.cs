namespace Emulator;

/// <summary>What an emulator without a script says: enough for a demo, and nothing that could be taken for a model.</summary>
internal static class SmallTalk
{
    private const string EndCall = "end_call";
    private const string Farewell = """{"reason":"The user said goodbye.","message":"Goodbye, and thank you for talking to the emulator."}""";

    private static readonly string[] Farewells = ["goodbye", "good bye", "bye", "hang up", "end the call", "see you"];
    private static readonly string[] Greetings = ["hello", "hi", "hey", "good morning", "good evening"];

    public static EmulatorScript Reply(ChatRequest request)
    {
        var said = request.LastText.Trim();
        if (request.LastRole == "tool")
            return Say(request, "That is done. Thank you for talking to the emulator.");
        // A turn of silence: nothing was said since, or nothing that is a word.
        if (request.LastRole == "assistant" || !said.Any(char.IsLetterOrDigit))
            return Say(request, "Are you still there?");

        var isFarewell = Has(said, Farewells);
        if (Chosen(request, isFarewell) is { } function)
            return new() { ToolCalls = [new() { Name = function, Arguments = function == EndCall ? Farewell : "{}" }] };
        if (isFarewell)
            return Say(request, "Goodbye, and thank you for talking to the emulator.");
        var hello = request.UserTurns == 1 || Has(said, Greetings) ? "Hello! I am an emulator, no model is behind me. " : "";
        if (Has(said, "prompt", "instructions"))
            return Say(request, hello + (request.HasSystemPrompt ? "Yes, I was given a system prompt." : "No, I was given no system prompt."));
        return Say(request, hello + (said.EndsWith('?')
            ? $"That is a good question, and a model would know more about it than I do. You asked: {said}"
            : $"You said: {said}{(char.IsPunctuation(said[^1]) ? "" : ".")} That was turn {request.UserTurns}."));
    }

    private static string? Chosen(ChatRequest request, bool isFarewell) =>
        isFarewell && request.Functions.Contains(EndCall) ? EndCall : request is { MustCall: true, Functions: [var first, ..] } ? first : null;

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
}
