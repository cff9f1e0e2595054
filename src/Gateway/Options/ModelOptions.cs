namespace Gateway.Options;

/// <summary>A name that callers ask for, and the deployments that answer.</summary>
public sealed class ModelOptions
{
    /// <summary>The name in the request's <c>model</c>. Required, unique. May hold slashes.</summary>
    public string Name { get; set; } = "";

    /// <summary>The deployments that answer. At least one, at most 64.</summary>
    public IList<ModelDeploymentOptions> Deployments { get; } = [];
}
