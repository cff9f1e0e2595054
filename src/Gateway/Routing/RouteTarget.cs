namespace Gateway.Routing;

/// <summary>A deployment that answers for a model.</summary>
/// <param name="Deployment">The deployment.</param>
/// <param name="Priority">Its group; the lowest is asked first.</param>
/// <param name="Weight">Its share of the conversations, beside the others of its group.</param>
internal sealed record RouteTarget(Deployment Deployment, int Priority = 0, int Weight = 1)
{
    /// <summary>What stands for the deployment in the choice for a conversation.</summary>
    public ulong Hash { get; } = Rendezvous.Hash(Deployment.Name);
}
