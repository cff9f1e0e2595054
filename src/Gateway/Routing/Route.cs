using System.Text.Json;

namespace Gateway.Routing;

/// <summary>A model that callers may ask for, and the deployment that answers.</summary>
internal sealed record Route(string Model, Deployment Deployment)
{
    /// <summary>The model's name as JSON, for callers whose answers carry the name they asked for.</summary>
    public byte[] ModelJson { get; } = [.. "\""u8, .. JsonEncodedText.Encode(Model).EncodedUtf8Bytes, .. "\""u8];
}
