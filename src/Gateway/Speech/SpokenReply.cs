namespace Gateway.Speech;

/// <summary>What is said instead of an answer: a text, or the call of a tool.</summary>
/// <param name="ContentJson">The text, as a JSON string with its quotes; null where a tool is called.</param>
/// <param name="Tool">The name of the tool that is called.</param>
/// <param name="ArgumentsJson">Its arguments, as a JSON string with its quotes, in which they are JSON again.</param>
internal sealed record SpokenReply(ReadOnlyMemory<byte>? ContentJson, string? Tool, ReadOnlyMemory<byte>? ArgumentsJson)
{
    public static SpokenReply Say(string text) => new(JsonText.Quote(text), null, null);

    public static SpokenReply Call(string tool, string arguments) => new(null, tool, JsonText.Quote(arguments));
}
