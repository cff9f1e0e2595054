using System.ClientModel.Primitives;

namespace Gateway.Upstream;

/// <summary>
/// The SDK's transport with the HTTP version of our choice: the SDK builds requests of HTTP/1.1, whatever the client's default is.
/// </summary>
internal sealed class UpstreamTransport(HttpClient client, Version version) : HttpClientPipelineTransport(client)
{
    protected override void OnSendingRequest(PipelineMessage message, HttpRequestMessage httpRequest)
    {
        httpRequest.Version = version;
        // Over TLS the server chooses the highest that both know; a plain-text endpoint gets 1.1.
        httpRequest.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
    }
}
