namespace Gateway.Options;

/// <summary>What answers at a deployment's endpoint.</summary>
public enum DeploymentKind
{
    /// <summary>A deployment of Azure OpenAI.</summary>
    AzureOpenAI,

    /// <summary>An agent of the operator's own, over HTTP, that speaks chat completions. It may act on what it is asked.</summary>
    Agent,
}
