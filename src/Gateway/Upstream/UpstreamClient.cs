using System.ClientModel;
using System.ClientModel.Primitives;
using Azure.AI.OpenAI;
using Azure.Identity;
using Gateway.Credentials;
using Gateway.Options;
using Gateway.Requests;
using Gateway.Secrets;

namespace Gateway.Upstream;

/// <summary>
/// Calls one deployment through <see cref="AzureOpenAIClient"/>: the client gives endpoint, credential and pipeline; the request and its bytes are ours.
/// </summary>
internal sealed class UpstreamClient
{
    private readonly ClientPipeline _pipeline;
    private readonly Uri _uri;
    private readonly BackgroundToken? _token;
    private readonly string? _keySecret;
    private readonly ApiKeyCredential? _key;
    private SecretSnapshot? _keyFrom;

    /// <summary>A client that signs in with Entra ID.</summary>
    public UpstreamClient(DeploymentOptions options, HttpClient http, BackgroundToken token)
        : this(options, new AzureOpenAIClient(options.Endpoint!, token, ClientOptions(options, http))) => _token = token;

    /// <summary>A client that presents the resource's key, which is a secret of the options' name.</summary>
    public UpstreamClient(DeploymentOptions options, HttpClient http)
        : this(options, http, new ApiKeyCredential("not loaded"))
    {
    }

    private UpstreamClient(DeploymentOptions options, HttpClient http, ApiKeyCredential key)
        : this(options, new AzureOpenAIClient(options.Endpoint!, key, ClientOptions(options, http)))
    {
        _key = key;
        _keySecret = options.KeySecret;
    }

    private UpstreamClient(DeploymentOptions options, AzureOpenAIClient client)
    {
        _pipeline = client.Pipeline;
        var endpoint = options.Endpoint!.AbsoluteUri.TrimEnd('/');
        _uri = options.ApiVersion is { } version
            ? new Uri($"{endpoint}/openai/deployments/{Uri.EscapeDataString(options.AzureName)}/chat/completions?api-version={Uri.EscapeDataString(version)}")
            : new Uri($"{endpoint}/openai/v1/chat/completions");
    }

    /// <summary>
    /// Sends a body, and returns when the response's headers are there. The caller disposes the message and the body. Throws what the SDK,
    /// the credential and the network throw.
    /// </summary>
    /// <param name="content">The body.</param>
    /// <param name="requestId">The turn's id.</param>
    /// <param name="sessionId">What <see cref="Conversation.SessionHeader"/> says; null where it is not sent.</param>
    /// <param name="secrets">Where the resource's key is, if it has one.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<PipelineMessage> SendAsync(UpstreamContent content, string requestId, string? sessionId, SecretSnapshot secrets, CancellationToken cancellationToken)
    {
        // The SDK asks the credential without a token for cancellation, so what may wait waits here.
        if (_token is not null) await _token.ReadyAsync(cancellationToken);
        else UseNewestKey(secrets);

        var message = _pipeline.CreateMessage();
        try
        {
            message.Request.Method = "POST";
            message.Request.Uri = _uri;
            message.Request.Headers.Set("Content-Type", "application/json");
            // Not text/event-stream: System.ClientModel then copies the body and sends it again, by itself, when the stream ends without [DONE].
            message.Request.Headers.Set("Accept", "application/json");
            // Azure's support finds a call by it.
            message.Request.Headers.Set("x-ms-client-request-id", requestId);
            if (sessionId is not null) message.Request.Headers.Set(Conversation.SessionHeader, sessionId);
            message.Request.Content = content;
            // The default reads the whole answer into memory first.
            message.Apply(new RequestOptions { BufferResponse = false, CancellationToken = cancellationToken });
            await _pipeline.SendAsync(message);
            return message;
        }
        catch (InvalidOperationException e) when (_token is not null)
        {
            // After a 401 the SDK's policy drops its token without a lock, and a request beside it then finds none.
            message.Dispose();
            throw new AuthenticationFailedException("Another request's token was refused.", e);
        }
        catch
        {
            message.Dispose();
            throw;
        }
    }

    /// <summary>The upstream refused the credential: a newer one is fetched in the background, for the turns to come.</summary>
    public void RenewCredential(SecretStore secrets)
    {
        if (_token is not null) _token.Refresh();
        else secrets.RequestRefresh();
    }

    private void UseNewestKey(SecretSnapshot secrets)
    {
        if (_keyFrom == secrets) return;
        // Not sent without one: the prompt would leave for nothing.
        _key!.Update(secrets.Newest(_keySecret!) ?? throw new AuthenticationFailedException($"The secret '{_keySecret}' is absent."));
        _keyFrom = secrets;
    }

    private static AzureOpenAIClientOptions ClientOptions(DeploymentOptions options, HttpClient http) => new()
    {
        Transport = new UpstreamTransport(http, Version.Parse(options.HttpVersion)),
        // An attempt belongs to the turn, and so does the next one; the SDK's three blind retries would eat its deadline.
        RetryPolicy = new SingleAttempt(),
        // The default wraps the body in a stream that allocates on every read, and cuts after 100 s.
        NetworkTimeout = Timeout.InfiniteTimeSpan,
        // Its lines name hosts, and a policy that writes none still costs a call.
        ClientLoggingOptions = new ClientLoggingOptions { EnableLogging = false },
        Audience = new AzureOpenAIAudience(options.Audience),
    };
}
