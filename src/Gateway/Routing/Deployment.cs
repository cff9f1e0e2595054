using System.Text.Json;
using Gateway.Options;
using Gateway.Rewriting;
using Gateway.Upstream;
using Microsoft.Extensions.Logging;

namespace Gateway.Routing;

/// <summary>One model at one endpoint, or an agent, the client that calls it, how it does, and what it has taught.</summary>
internal sealed class Deployment(DeploymentOptions options, UpstreamClient upstream, TimeProvider time, ILogger log)
{
    public string Name { get; } = options.Name;

    public ModelFamily Family { get; } = options.Kind == DeploymentKind.Agent ? ModelFamilies.Unknown : ModelFamilies.Find(options.Model ?? options.UpstreamName);

    /// <summary>Whether it is an agent of the operator's own, which is told of the turn and gets the caller's request as it is otherwise.</summary>
    public bool IsAgent { get; } = options.Kind == DeploymentKind.Agent;

    /// <summary>Whether asking it may do something in the world: a turn then asks it alone, and once.</summary>
    public bool HasEffects { get; } = options is { Kind: DeploymentKind.Agent, Idempotent: false };

    /// <summary>The <c>model</c> of a request to this deployment, as JSON.</summary>
    public byte[] ModelJson { get; } = [.. "\""u8, .. JsonEncodedText.Encode(options.UpstreamName).EncodedUtf8Bytes, .. "\""u8];

    /// <summary>Whether requests go to the v1 API, which knows fields that the dated ones refuse.</summary>
    public bool IsV1 { get; } = options.ApiVersion is null;

    /// <summary>Whether requests may carry a <c>prompt_cache_key</c>, and with it the header <c>x-ms-session-id</c>.</summary>
    public bool TakesPromptCacheKey => IsV1 && Family.TakesPromptCacheKey;

    /// <summary>Over how many <c>prompt_cache_key</c>s the conversations of one agent are spread.</summary>
    public int PromptCacheShards { get; } = options.PromptCacheShards;

    /// <summary>What the deployment has taught by refusing parameters.</summary>
    public LearnedRules Learned { get; } = new(options.Name, time, log);

    public UpstreamClient Upstream { get; } = upstream;

    public DeploymentHealth Health { get; } = new(time);
}
