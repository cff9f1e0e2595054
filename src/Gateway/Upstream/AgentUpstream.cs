using System.ClientModel.Primitives;
using Gateway.Options;
using Gateway.Requests;

namespace Gateway.Upstream;

/// <summary>
/// Calls an agent of the operator's own that speaks chat completions. Its pipeline is the SDK's without anything of Azure's: no token for Azure can
/// reach another's host, because none is here.
/// </summary>
internal sealed class AgentUpstream(DeploymentOptions options, HttpClient http, UpstreamKey? key)
    : UpstreamClient(Pipeline(options, http, key), Address(options.Endpoint!), token: null, key)
{
    /// <summary>The header with the turn's id; it is the same in all calls of a turn.</summary>
    public const string RequestHeader = "x-request-id";

    /// <summary>The header with the pseudonym of <c>user_id</c>. Not <c>x-end-user</c>, by which an end user's signed identity comes in: nobody has signed this one.</summary>
    public const string UserHeader = "x-user";

    private const string Path = "/chat/completions";

    protected override void SetHeaders(PipelineRequestHeaders headers, in UpstreamCall call)
    {
        // Firewalls for web applications, such as AWS's by its common rules, refuse requests that have none.
        headers.Set("User-Agent", "elevenlabs-azure-openai");
        headers.Set(RequestHeader, call.RequestId);
        if (call.Agent?.ConversationId is { } conversation) headers.Set(Conversation.Header, conversation);
        if (call.Agent?.User is { } user) headers.Set(UserHeader, user);
    }

    private static Uri Address(Uri endpoint)
    {
        var address = endpoint.AbsoluteUri.TrimEnd('/');
        return new Uri(address.EndsWith(Path, StringComparison.Ordinal) ? address : address + Path);
    }

    private static ClientPipeline Pipeline(DeploymentOptions options, HttpClient http, UpstreamKey? key)
    {
        var client = new ClientPipelineOptions();
        Configure(client, options, http);
        PipelinePolicy[] signing = key is null ? [] : [ApiKeyAuthenticationPolicy.CreateBearerAuthorizationPolicy(key.Credential)];
        return ClientPipeline.Create(client, perCallPolicies: [], perTryPolicies: signing, beforeTransportPolicies: []);
    }
}
