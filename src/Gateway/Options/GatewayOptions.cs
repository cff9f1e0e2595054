using Gateway.ElevenLabs;
using Gateway.Memory;
using Gateway.Privacy;
using Gateway.Secrets;
using Gateway.Storage;
using Gateway.Webhooks;

namespace Gateway.Options;

/// <summary>
/// Everything that can be configured, bound from the root of the configuration. Production needs three settings:
/// <c>Deployments__0__Name</c>, <c>Deployments__0__Endpoint</c> and <c>KeyVault__Uri</c>.
/// </summary>
public sealed class GatewayOptions
{
    /// <summary>The Azure OpenAI deployments that answer turns. At least one; the first is the default.</summary>
    public IList<DeploymentOptions> Deployments { get; } = [];

    /// <summary>
    /// The models that callers may ask for, each mapped to deployments. Default: one model for each deployment, with its name; when that
    /// deployment cannot answer, the others do, in order of configuration.
    /// </summary>
    public IList<ModelOptions> Models { get; } = [];

    /// <summary>
    /// How many hedges a hundred turns may start: second calls beside a first that has no token yet. From 0, which means none, to 100.
    /// Default: 10. Each model has a budget of its own, from which some turns in a row may take more.
    /// </summary>
    public int HedgePercent { get; set; } = 10;

    /// <summary>
    /// Who may call. Default: one caller named <c>elevenlabs</c> with the profile <see cref="CallerProfile.Voice"/>.
    /// </summary>
    public IList<CallerOptions> Callers { get; } = [];

    /// <summary>What is said without a model, for each language in which it is to differ from what is shipped. Default: as shipped.</summary>
    public IList<PhraseOptions> Phrases { get; } = [];

    /// <summary>Where secrets come from.</summary>
    public KeyVaultOptions KeyVault { get; } = new();

    /// <summary>
    /// Values of secrets for local runs, read only where <see cref="KeyVaultOptions.Uri"/> is not set and the environment is Development.
    /// </summary>
    public IList<SecretOptions> Secrets { get; } = [];

    /// <summary>
    /// The name of the secret with the HMAC key under which a caller's <c>user_id</c> is passed on.
    /// Default: <c>end-user-key</c>. Where no such secret exists, <c>user_id</c> is not passed on.
    /// </summary>
    public string EndUserKeySecret { get; set; } = "end-user-key";

    /// <summary>
    /// The name of the secret under which end users' identities are signed (see <c>EndUserTokens</c>). Its two newest enabled versions are both accepted.
    /// Default: <c>end-user-signing</c>. It is read where a caller has a memory or tools or answers the start of calls, where something is kept of calls, and where end users may be deleted.
    /// Where no such secret exists, nobody signs.
    /// </summary>
    public string EndUserSigningSecret { get; set; } = "end-user-signing";

    /// <summary>
    /// The largest request body, in bytes, after decompression; a larger one is refused with 413.
    /// Default: 8 MiB, because ElevenLabs allows a system prompt of 2 MB and JSON may escape each character.
    /// </summary>
    public int MaxRequestBytes { get; set; } = 8 * 1024 * 1024;

    /// <summary>What is done with ElevenLabs' post-call webhook. Default: it is not answered.</summary>
    public WebhookOptions Webhooks { get; } = new();

    /// <summary>ElevenLabs' own API. Default: it is not called.</summary>
    public ElevenLabsOptions ElevenLabs { get; } = new();

    /// <summary>Deleting and exporting all there is of an end user. Default: neither is answered.</summary>
    public PrivacyOptions Privacy { get; } = new();

    /// <summary>Where what is kept of calls is kept.</summary>
    public StorageOptions Storage { get; } = new();

    /// <summary>Whether any caller has a memory.</summary>
    internal bool HasMemory => Callers.Any(static caller => caller.Memory.Provider != MemoryProvider.None);

    /// <summary>Whether any caller's agents may call a tool.</summary>
    internal bool HasTools => Callers.Any(static caller => caller.Tools.Count > 0);

    /// <summary>Whether identities of end users are read or signed. What is kept of a call is listed under who signed for it, in whichever process it is stored.</summary>
    internal bool UsesEndUserTokens => HasMemory || HasTools || Webhooks.KeepsAnything || Privacy.Enabled || Callers.Any(static caller => caller.CallStart.Enabled);

    /// <summary>Whether the end users of a call have to be known after it, to remember it or to forget it.</summary>
    internal bool KnowsEndUsers => HasMemory || Privacy.Enabled;

    /// <summary>The names of all models that may be asked for.</summary>
    internal IReadOnlyList<string> ModelNames => Models.Count > 0 ? [.. Models.Select(model => model.Name)] : [.. Deployments.Select(deployment => deployment.Name)];
}
