using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Routing;

/// <summary>The id in the path of a request for one model.</summary>
internal static class ModelId
{
    /// <summary>
    /// The id, decoded once; null where the list is asked for. It is taken from the request's line and not from the route's value: the server
    /// has decoded that already, except for slashes, so <c>a%2Fb</c> and <c>a%252Fb</c> look the same there.
    /// </summary>
    public static string? Requested(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = target.AsSpan(0, target.AsSpan().IndexOf('?') is >= 0 and var query ? query : target.Length);
        var start = path.IndexOf("models/", StringComparison.OrdinalIgnoreCase);
        return start < 0 || path.Length == start + "models/".Length ? null : Uri.UnescapeDataString(path[(start + "models/".Length)..]);
    }
}
