using System.ClientModel.Primitives;
using Azure.AI.OpenAI;
using Gateway.Credentials;
using Gateway.Options;
using Gateway.Requests;

namespace Gateway.Upstream;

/// <summary>Calls one deployment of Azure OpenAI through <see cref="AzureOpenAIClient"/>, which gives endpoint, credential and pipeline.</summary>
internal sealed class AzureUpstream : UpstreamClient
{
    /// <summary>A client that signs in with Entra ID.</summary>
    public AzureUpstream(DeploymentOptions options, HttpClient http, BackgroundToken token)
        : base(new AzureOpenAIClient(options.Endpoint!, token, ClientOptions(options, http)).Pipeline, Address(options), token, key: null)
    {
    }

    /// <summary>A client that presents the resource's key.</summary>
    public AzureUpstream(DeploymentOptions options, HttpClient http, UpstreamKey key)
        : base(new AzureOpenAIClient(options.Endpoint!, key.Credential, ClientOptions(options, http)).Pipeline, Address(options), token: null, key)
    {
    }

    protected override void SetHeaders(PipelineRequestHeaders headers, in UpstreamCall call)
    {
        // Azure's support finds a call by it.
        headers.Set("x-ms-client-request-id", call.RequestId);
        if (call.SessionId is not null) headers.Set(Conversation.SessionHeader, call.SessionId);
    }

    private static Uri Address(DeploymentOptions options)
    {
        var endpoint = options.Endpoint!.AbsoluteUri.TrimEnd('/');
        return options.ApiVersion is { } version
            ? new Uri($"{endpoint}/openai/deployments/{Uri.EscapeDataString(options.UpstreamName)}/chat/completions?api-version={Uri.EscapeDataString(version)}")
            : new Uri($"{endpoint}/openai/v1/chat/completions");
    }

    private static AzureOpenAIClientOptions ClientOptions(DeploymentOptions options, HttpClient http)
    {
        var client = new AzureOpenAIClientOptions { Audience = new AzureOpenAIAudience(options.Audience) };
        Configure(client, options, http);
        return client;
    }
}
