namespace Gateway.Options;

/// <summary>A name that callers ask for, and the deployment that answers.</summary>
public sealed class ModelOptions
{
    /// <summary>The name in the request's <c>model</c>. Required, unique. May hold slashes.</summary>
    public string Name { get; set; } = "";

    /// <summary>The <see cref="DeploymentOptions.Name"/> of the deployment that answers. Required.</summary>
    public string Deployment { get; set; } = "";
}
