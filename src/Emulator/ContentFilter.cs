namespace Emulator;

/// <summary>The filter's verdicts as Azure writes them.</summary>
internal static class ContentFilter
{
    public const string Safe = Harmless + "\"violence\":{\"filtered\":false,\"severity\":\"safe\"}}";

    public const string Blocked = Harmless + "\"violence\":{\"filtered\":true,\"severity\":\"medium\"}}";

    public const string SafePrompt = Harmless + "\"violence\":{\"filtered\":false,\"severity\":\"safe\"},\"jailbreak\":{\"filtered\":false,\"detected\":false}}";

    public const string BlockedPrompt = Harmless + "\"violence\":{\"filtered\":false,\"severity\":\"safe\"},\"jailbreak\":{\"filtered\":true,\"detected\":true}}";

    private const string Harmless = """{"hate":{"filtered":false,"severity":"safe"},"self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,"severity":"safe"},""";
}
