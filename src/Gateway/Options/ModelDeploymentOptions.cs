namespace Gateway.Options;

/// <summary>A deployment that answers for a model.</summary>
public sealed class ModelDeploymentOptions
{
    /// <summary>The <see cref="DeploymentOptions.Name"/> of the deployment. Required, once in a model.</summary>
    public string Name { get; set; } = "";

    /// <summary>
    /// The group that the deployment is in: the lowest number is asked first, the next one when no deployment of it can answer. Default: 0.
    /// </summary>
    public int Priority { get; set; }

    /// <summary>
    /// The deployment's share of the conversations, beside the weights of the others with its <see cref="Priority"/>. At least 1. Default: 1.
    /// </summary>
    public int Weight { get; set; } = 1;
}
