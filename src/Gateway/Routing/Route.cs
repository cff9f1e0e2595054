using System.Text.Json;
using Gateway.Options;

namespace Gateway.Routing;

/// <summary>A model that callers may ask for, and the deployments that answer.</summary>
internal sealed class Route(string model, IEnumerable<RouteTarget> targets, int hedgePercent)
{
    /// <summary>The most deployments of one model: a turn marks those that it has tried in 64 bits.</summary>
    public const int MaxTargets = 64;

    private readonly RouteTarget[] _targets = [.. targets.OrderBy(static target => target.Priority)];

    public string Model { get; } = model;

    /// <summary>The model's name as JSON, for callers whose answers carry the name they asked for.</summary>
    public byte[] ModelJson { get; } = [.. "\""u8, .. JsonEncodedText.Encode(model).EncodedUtf8Bytes, .. "\""u8];

    /// <summary>The deployments, by priority; at least one.</summary>
    public ReadOnlySpan<RouteTarget> Targets => _targets;

    public HedgeBudget HedgeBudget { get; } = new(hedgePercent);

    /// <summary>The routes of a configuration that is valid.</summary>
    public static Route[] All(GatewayOptions options, IReadOnlyList<Deployment> deployments)
    {
        // A deployment is a model by itself, and the others stand in for it: who configures two wants the call to go on when one is down.
        if (options.Models.Count == 0) return [.. deployments.Select(deployment => new Route(deployment.Name, Chain(deployment), options.HedgePercent))];
        return [.. options.Models.Select(model => new Route(model.Name, model.Deployments.Select(Target), options.HedgePercent))];

        IEnumerable<RouteTarget> Chain(Deployment first) =>
            deployments.Where(other => other != first).Prepend(first).Select(static (deployment, i) => new RouteTarget(deployment, Priority: i));

        RouteTarget Target(ModelDeploymentOptions target) => new(
            deployments.First(deployment => string.Equals(deployment.Name, target.Name, StringComparison.OrdinalIgnoreCase)), target.Priority, target.Weight);
    }
}
