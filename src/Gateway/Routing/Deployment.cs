using System.Text.Json;
using Gateway.Options;
using Gateway.Rewriting;
using Gateway.Upstream;

namespace Gateway.Routing;

/// <summary>One model at one endpoint, the client that calls it, and how it does.</summary>
internal sealed class Deployment(DeploymentOptions options, UpstreamClient upstream, TimeProvider time)
{
    public string Name { get; } = options.Name;

    public ModelFamily Family { get; } = ModelFamilies.Find(options.Model ?? options.AzureName);

    /// <summary>The <c>model</c> of a request to this deployment, as JSON.</summary>
    public byte[] ModelJson { get; } = [.. "\""u8, .. JsonEncodedText.Encode(options.AzureName).EncodedUtf8Bytes, .. "\""u8];

    /// <summary>Whether requests go to the v1 API, which knows fields that the dated ones refuse.</summary>
    public bool IsV1 { get; } = options.ApiVersion is null;

    public UpstreamClient Upstream { get; } = upstream;

    public LearnedRules Learned { get; } = new();

    public DeploymentHealth Health { get; } = new(time);
}
