using System.Text;
using System.Text.Json.Nodes;
using Emulator;

namespace Benchmarks;

/// <summary>A request of a voice agent's shape: some 2,000 tokens of system prompt, a few turns of history and six tools. Its last message scripts the emulator.</summary>
internal static class VoiceRequest
{
    public const string Model = "gpt-5.4-mini";

    private const string Rule = "You are the telephone agent of a clinic. Ask one question at a time, repeat dates and numbers, and never read out a list of more than three items. ";

    private static readonly string[] Tools = ["end_call", "language_detection", "skip_turn", "transfer_to_number", "find_appointment", "book_appointment"];

    public static byte[] Body(EmulatorScript script) => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["messages"] = new JsonArray(
            Message("system", string.Concat(Enumerable.Repeat(Rule, 56))),
            Message("assistant", "Good morning, this is the clinic. How can I help you?"),
            Message("user", "I need to move my appointment, it is on Tuesday at nine."),
            Message("assistant", "Of course. Which day would suit you better?"),
            Message("user", "Thursday, if there is anything in the afternoon."),
            Message("assistant", "There is half past two and a quarter to four. Which one shall I take?"),
            Message("user", $"#emulate {script}")),
        ["model"] = Model,
        ["max_completion_tokens"] = 5000,
        ["reasoning_effort"] = "none",
        ["stream"] = true,
        ["stream_options"] = new JsonObject { ["include_usage"] = true },
        ["tools"] = new JsonArray([.. Tools.Select(Tool)]),
    }.ToJsonString());

    private static JsonObject Message(string role, string content) => new() { ["role"] = role, ["content"] = content };

    private static JsonNode Tool(string name) => new JsonObject
    {
        ["type"] = "function",
        ["function"] = new JsonObject
        {
            ["name"] = name,
            ["description"] = "Call this when the caller has asked for it in so many words, and say in one short sentence what you are about to do before you call it.",
            ["parameters"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject
                {
                    ["reason"] = new JsonObject { ["type"] = "string", ["description"] = "Why the call is made, in the caller's own words." },
                    ["date"] = new JsonObject { ["type"] = "string", ["description"] = "The date that the caller named, as yyyy-mm-dd." },
                },
                ["required"] = new JsonArray("reason"),
            },
        },
    };
}
