using Gateway.CallStart;
using Gateway.Memory;

namespace Gateway.Options;

/// <summary>Somebody who presents a key.</summary>
public sealed class CallerOptions
{
    /// <summary>The caller's name, in logs and metrics. Required, unique; letters, digits and <c>-</c>.</summary>
    public string Name { get; set; } = "";

    /// <summary>The kind of caller. Default: <see cref="CallerProfile.Voice"/>.</summary>
    public CallerProfile Profile { get; set; } = CallerProfile.Voice;

    /// <summary>
    /// The name of the secret with the caller's key. Default: <c>caller-</c> and the caller's name. The two newest enabled versions
    /// of the secret are both accepted, so that a key can be replaced without a gap.
    /// </summary>
    public string? KeySecret { get; set; }

    /// <summary>The models that the caller may use, by name. Default: all.</summary>
    public IList<string> Models { get; } = [];

    /// <summary>
    /// The model for a request that names none, and, for a <see cref="CallerProfile.Voice"/> caller, for one that names an unknown one.
    /// Default: the first model that the caller may use.
    /// </summary>
    public string? DefaultModel { get; set; }

    /// <summary>
    /// Whether answers carry the model's name as callers know it (<see cref="ModelOptions.Name"/>), in place of the one that the deployment reports.
    /// Default: no.
    /// </summary>
    public bool AnswerWithRequestedModel { get; set; }

    /// <summary>
    /// Whether what nobody can speak is taken out of the content: Markdown's marks, code in fences and bare URLs. For a model that writes them
    /// although its prompt says not to. Default: no.
    /// </summary>
    public bool Speakable { get; set; }

    /// <summary>
    /// How long a streamed turn may take from its arrival to the first output: the first meaningful token, buffer words, or else the spoken fallback.
    /// Default: 3.5 s for <see cref="CallerProfile.Voice"/>, because ElevenLabs sends a turn again after 4 s (<c>cascade_timeout_seconds</c>),
    /// 60 s for <see cref="CallerProfile.Api"/>.
    /// </summary>
    public TimeSpan? FirstOutputTimeout { get; set; }

    /// <summary>
    /// How long a streamed turn may take from its arrival to the first meaningful token where buffer words were said.
    /// Default: 8 s for <see cref="CallerProfile.Voice"/>: longer than that nobody believes in the second "one moment". Of no use for
    /// <see cref="CallerProfile.Api"/>.
    /// </summary>
    public TimeSpan? AnswerTimeout { get; set; }

    /// <summary>
    /// Whether a second call starts beside a stream that has no meaningful token yet when most have one (see <see cref="GatewayOptions.HedgePercent"/>).
    /// Default: yes.
    /// </summary>
    public bool Hedging { get; set; } = true;

    /// <summary>
    /// Whether answers carry what happened in the turn: in <c>x-turn-…</c> headers as far as it is known when the response starts, and in a comment
    /// before <c>[DONE]</c>. Default: no.
    /// </summary>
    public bool TurnDetails { get; set; }

    /// <summary>
    /// How long a stream that has begun may go without a content, tool or reasoning delta, and how long one write to the caller may take.
    /// Default: 4 s for <see cref="CallerProfile.Voice"/>, 20 s for <see cref="CallerProfile.Api"/>.
    /// </summary>
    public TimeSpan? StallTimeout { get; set; }

    /// <summary>
    /// How long a turn may take in all. Default: 16 s for <see cref="CallerProfile.Voice"/> (ElevenLabs ends a turn after 17 to 20 s),
    /// 200 s for <see cref="CallerProfile.Api"/> (Azure's front end cuts at 230 s). At most 220 s.
    /// </summary>
    public TimeSpan? TurnTimeout { get; set; }

    /// <summary>
    /// The most tokens of a completion: a larger cap of the caller's is lowered to it, and one is set where the caller set none. Default: 1,500 for
    /// <see cref="CallerProfile.Voice"/>, none for <see cref="CallerProfile.Api"/>. Above zero. 1,500 tokens are some seven minutes of speech; Azure counts the cap, not
    /// the answer, into the rate limit, and at ElevenLabs' 5,000 a limit of 50,000 tokens a minute is used up by ten turns. While a model
    /// reasons, a voice caller's cap is at least 1,000, because reasoning counts into it.
    /// </summary>
    public int? MaxCompletionTokens { get; set; }

    /// <summary>
    /// Whether a <see cref="CallerProfile.Voice"/> caller hears buffer words where an answer is slow. Default: yes. A request may do without by
    /// <c>elevenlabs_extra_body.gateway.buffer_words</c>, and never with where this says no.
    /// </summary>
    public bool BufferWords { get; set; } = true;

    /// <summary>
    /// How long a turn waits for the first token before it speaks buffer words. Default: 1.8 s, longer than a healthy answer takes and well under the 4 s
    /// after which ElevenLabs sends the turn again (<c>cascade_timeout_seconds</c>).
    /// </summary>
    public TimeSpan BufferWordsDelay { get; set; } = TimeSpan.FromSeconds(1.8);

    /// <summary>
    /// The language of what is said without a model, a code such as <c>de</c>, where the conversation does not tell it. Default: none; then buffer words
    /// are spoken only where the conversation tells its language, and fallback sentences are English.
    /// </summary>
    public string? Language { get; set; }

    /// <summary>
    /// Text in front of the system message's content, such as rules of how a voice speaks. At most 8,192 bytes in UTF-8. A conversation without a system message gets one.
    /// It is sent as it stands: ElevenLabs replaces <c>{{…}}</c> only in its own prompt. Default: none.
    /// </summary>
    public string? SystemPrefix { get; set; }

    /// <summary>Text behind the system message's content, otherwise as <see cref="SystemPrefix"/>. Default: none.</summary>
    public string? SystemSuffix { get; set; }

    /// <summary>
    /// The ids of the ElevenLabs agents that call with this caller's key: what the post-call webhook tells of their calls is this caller's. Default: all agents, which is
    /// right for the only caller; with others beside it, one that has a memory must name its agents.
    /// </summary>
    public IList<string> Agents { get; } = [];

    /// <summary>What is remembered of earlier calls. Default: nothing.</summary>
    public MemoryOptions Memory { get; } = new();

    /// <summary>What ElevenLabs is told at the start of an inbound call. Default: nothing.</summary>
    public CallStartOptions CallStart { get; } = new();

    /// <summary>
    /// The names of the tools that the caller's agents may call at <c>/tools/{name}</c>: <c>recall</c>, <c>remember</c>, and those that were added. Default: none, and the routes
    /// are not there.
    /// </summary>
    public IList<string> Tools { get; } = [];

    /// <summary>What to do where no model can answer, from the second turn in a row.</summary>
    public WayOutOptions WayOut { get; } = new();

    /// <summary>The longest that any turn may take: Azure's front end cuts a response at 230 s, and the end has to be told before.</summary>
    internal static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(220);
}
