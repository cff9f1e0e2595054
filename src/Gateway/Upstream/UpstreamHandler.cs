using System.Net;

namespace Gateway.Upstream;

/// <summary>The connections to all upstreams: how they are pooled, kept and given up.</summary>
internal static class UpstreamHandler
{
    public static SocketsHttpHandler Create() => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        // Frames are relayed as they come; an inflater would hold them back.
        AutomaticDecompression = DecompressionMethods.None,
        EnableMultipleHttp2Connections = true,
        // A voice turn has 4 s in all; a connect that takes longer than this has lost its first packet.
        ConnectTimeout = TimeSpan.FromSeconds(3),
        // An HTTP/1.1 answer that is given up is first read for this long, to keep its connection: enough for the end of a whole answer,
        // where the default of 2 s would let the upstream go on talking to nobody.
        ResponseDrainTimeout = TimeSpan.FromMilliseconds(100),
        // Follows DNS when Azure moves a resource.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        // Below the 4 minutes after which Azure's load balancer forgets an idle connection without a word.
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(3),
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always,
        KeepAlivePingDelay = TimeSpan.FromSeconds(30),
        KeepAlivePingTimeout = TimeSpan.FromSeconds(5),
    };
}
