namespace Gateway.Options;

/// <summary>One model at one Azure OpenAI endpoint, or an agent of the operator's own.</summary>
public sealed class DeploymentOptions
{
    internal const string DefaultAudience = "https://cognitiveservices.azure.com/.default";
    internal const int DefaultPromptCacheShards = 16;

    /// <summary>The name by which this deployment is known here, in logs and in <see cref="ModelOptions.Deployments"/>. Required, unique.</summary>
    public string Name { get; set; } = "";

    /// <summary>What answers. Default: <see cref="DeploymentKind.AzureOpenAI"/>.</summary>
    public DeploymentKind Kind { get; set; }

    /// <summary>
    /// The endpoint of the Azure OpenAI resource, such as <c>https://my-resource.openai.azure.com</c>; of an agent the base URL that an OpenAI client
    /// would be given, such as <c>https://agent.example.com/v1</c>, to which <c>/chat/completions</c> is added where it does not end so. Required.
    /// </summary>
    public Uri? Endpoint { get; set; }

    /// <summary>The name of the deployment in Azure; the <c>model</c> that an agent is asked for. Default: <see cref="Name"/>.</summary>
    public string? Deployment { get; set; }

    /// <summary>
    /// The model that is deployed, such as <c>gpt-5.4-mini</c>; it chooses the rules of its family (see <c>ModelFamilies</c>).
    /// Default: the deployment's name in Azure. Not for agents, which get what the caller sent.
    /// </summary>
    public string? Model { get; set; }

    /// <summary>
    /// A dated API version such as <c>2024-10-21</c>: the request then goes to <c>/openai/deployments/{deployment}/chat/completions</c>.
    /// Default: none, which means the v1 API (<c>/openai/v1/chat/completions</c>), whose version does not age.
    /// </summary>
    public string? ApiVersion { get; set; }

    /// <summary>
    /// The name of the secret that holds the resource's key. Default: none, which means Entra ID (a managed identity in Azure,
    /// the Azure CLI or azd login locally). An agent gets the secret as <c>Authorization: Bearer</c>, and without one no such header: a token for
    /// Azure is for nobody else.
    /// </summary>
    public string? KeySecret { get; set; }

    /// <summary>
    /// The audience of the Entra ID token. Default: <c>https://cognitiveservices.azure.com/.default</c>, the one of the SDK.
    /// </summary>
    public string Audience { get; set; } = DefaultAudience;

    /// <summary>
    /// The HTTP version spoken with the endpoint: <c>2.0</c> or <c>1.1</c>. Default: <c>2.0</c>, because a hang-up then costs a reset
    /// frame and not a connection with its TLS handshake (docs/performance.md); an endpoint that cannot speak it gets 1.1.
    /// </summary>
    public string HttpVersion { get; set; } = "2.0";

    /// <summary>
    /// Over how many <c>prompt_cache_key</c>s the conversations of one agent are spread, from 1 to 1,000. Default: 16. Azure finds a cached
    /// prompt by its beginning and the key, for some 15 requests a minute; 16 keys are good for 240 turns a minute of one agent, which is some 40 calls
    /// at a time. More keys are right for more calls; with fewer calls they only mean that an agent's instructions are cached in more places.
    /// </summary>
    public int PromptCacheShards { get; set; } = DefaultPromptCacheShards;

    /// <summary>
    /// Whether a turn may ask this agent twice, and beside others: when an attempt fails after the agent got the request, and as a hedge. Default:
    /// <c>false</c>, because an agent may have acted. For agents only; a model acts on nothing by itself.
    /// </summary>
    public bool Idempotent { get; set; }

    /// <summary>The name that the upstream knows it by: the deployment's in Azure, an agent's model.</summary>
    internal string UpstreamName => Deployment ?? Name;
}
