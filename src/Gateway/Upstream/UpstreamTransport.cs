using System.ClientModel.Primitives;
using System.Net;

namespace Gateway.Upstream;

/// <summary>
/// The SDK's transport with the HTTP version of our choice: the SDK builds requests of HTTP/1.1, whatever the client's default is.
/// </summary>
internal sealed class UpstreamTransport(HttpClient client, Version version) : HttpClientPipelineTransport(client)
{
    /// <summary>Sends a message on a connection that no other call is using.</summary>
    public static void UseAnotherConnection(PipelineMessage message) => message.SetProperty(typeof(UpstreamTransport), true);

    protected override void OnSendingRequest(PipelineMessage message, HttpRequestMessage httpRequest)
    {
        // The connection in use is shared by all streams of HTTP/2, and none of HTTP/1.1 is shared.
        httpRequest.Version = message.TryGetProperty(typeof(UpstreamTransport), out _) ? HttpVersion.Version11 : version;
        // Over TLS the server chooses the highest that both know; a plain-text endpoint gets 1.1.
        httpRequest.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
    }
}
