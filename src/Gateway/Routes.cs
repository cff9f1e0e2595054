namespace Gateway;

/// <summary>
/// The routes of the endpoint: the one place that the HTTP triggers' attributes and the Kestrel mapping take them from.
/// </summary>
public static class Routes
{
    /// <summary>The route of a turn; the base URL to enter at ElevenLabs is everything before <c>/chat/completions</c>.</summary>
    public const string ChatCompletions = "v1/chat/completions";

    /// <summary>For a base URL that was entered without <c>/v1</c>: ElevenLabs appends <c>/chat/completions</c> to whatever it is given.</summary>
    public const string ChatCompletionsWithoutVersion = "chat/completions";

    /// <summary>For a base URL that was entered with the whole path.</summary>
    public const string ChatCompletionsDoubled = "v1/chat/completions/chat/completions";

    /// <summary>The list of models.</summary>
    public const string Models = "v1/models";

    /// <summary>The list of models, for a base URL without <c>/v1</c>.</summary>
    public const string ModelsWithoutVersion = "models";

    /// <summary>One model; an id may hold slashes.</summary>
    public const string Model = "v1/models/{*id}";

    /// <summary>One model, for a base URL without <c>/v1</c>.</summary>
    public const string ModelWithoutVersion = "models/{*id}";

    /// <summary>Whether the process lives.</summary>
    public const string HealthLive = "health/live";

    /// <summary>Whether turns can be answered, and if not, what is waited for.</summary>
    public const string HealthReady = "health/ready";

    /// <summary>ElevenLabs' post-call webhook.</summary>
    public const string PostCallWebhook = "webhooks/elevenlabs";

    /// <summary>What ElevenLabs asks at the start of an inbound call.</summary>
    public const string CallStart = "webhooks/elevenlabs/start";

    /// <summary>A tool that an agent calls, and what describes it.</summary>
    public const string Tool = "tools/{name}";

    /// <summary>Everything else, for every verb.</summary>
    public const string Unknown = "{*path}";
}
