namespace Gateway.CallStart;

/// <summary>
/// What ElevenLabs is told when it asks at the start of an inbound call. Section <c>Callers__N__CallStart</c>. The texts are templates: <c>&lt;&lt;called_number&gt;&gt;</c> stands
/// for what ElevenLabs told of the call, <c>&lt;&lt;memory.preferred_name|there&gt;&gt;</c> for what is remembered, or else for what stands behind the bar. ElevenLabs' own
/// <c>{{name}}</c> is passed on.
/// </summary>
public sealed class CallStartOptions
{
    /// <summary>Whether this caller's calls are answered for; where not, the route is none. Default: no.</summary>
    public bool Enabled { get; set; }

    /// <summary>
    /// The agent's dynamic variables, all of them: ElevenLabs ends a call in which one is missing. <c>secret__end_user</c>, the end user's identity, is always there by itself.
    /// </summary>
    public IList<DynamicVariableOptions> DynamicVariables { get; } = [];

    /// <summary>What the agent says first, in place of its own. Default: not overridden. Like the three that follow, it has to be switched on in the agent's overrides.</summary>
    public string? FirstMessage { get; set; }

    /// <summary>The agent's system prompt. Default: not overridden.</summary>
    public string? Prompt { get; set; }

    /// <summary>The agent's language, a code such as <c>de</c>, one of those that the agent has. Default: not overridden.</summary>
    public string? Language { get; set; }

    /// <summary>The id of the agent's voice. Default: not overridden.</summary>
    public string? VoiceId { get; set; }

    /// <summary>
    /// A JSON object that each turn then brings as <c>elevenlabs_extra_body</c>. Default: none, and none must be set unless the agent's overrides allow it: ElevenLabs ends the
    /// call otherwise (1008).
    /// </summary>
    public string? ExtraBody { get; set; }

    /// <summary>Whether ElevenLabs is told the end user's pseudonym as <c>user_id</c>, by which it lists conversations. Default: no.</summary>
    public bool UserId { get; set; }

    /// <summary>
    /// Whether the prompt that the caller's last turn began with is sent to the deployment once more when a call starts, for an answer of one token, so that Azure has it cached when the
    /// first turn comes. It costs the prompt's tokens, once in five minutes for each <c>prompt_cache_key</c>, and helps where calls are minutes apart. The prompt is kept in memory for that,
    /// an hour at most beyond the last turn that had it. Default: no.
    /// </summary>
    public bool WarmUpPromptCache { get; set; }

    /// <summary>
    /// How long the answer waits for what is remembered, above zero and at most 400 ms. Default: 300 ms, so that all of it takes less than half a second, while the phone rings.
    /// </summary>
    public TimeSpan RecallBudget { get; set; } = TimeSpan.FromMilliseconds(300);

    /// <summary>The longest <see cref="RecallBudget"/>.</summary>
    internal static readonly TimeSpan LongestBudget = TimeSpan.FromMilliseconds(400);
}
