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
    // A managed identity answers in tens of milliseconds, Key Vault in a hundred; who waits longer has the turn's time to lose.
    private static readonly TimeSpan RenewalTime = TimeSpan.FromSeconds(1);

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

    /// <summary>Whether calls are signed with an Entra ID token.</summary>
    public bool UsesToken => _token is not null;

    /// <summary>Completes when there is a credential to sign with. The SDK asks for it without a token for cancellation, so what may wait waits here.</summary>
    /// <exception cref="AuthenticationFailedException">There is none, and none to be had now.</exception>
    public ValueTask ReadyAsync(UpstreamCall call, CancellationToken cancellationToken)
    {
        if (call.AfterRefusedCredential && (_token is not null || _keyFrom == call.Secrets.Current)) return new ValueTask(RenewedAsync(call, cancellationToken));
        if (_token is not null) return _token.ReadyAsync(cancellationToken);
        UseNewestKey(call.Secrets.Current!);
        return ValueTask.CompletedTask;
    }

    /// <summary>A call of the deployment with this body. The caller sends it with <see cref="SendAsync"/>, and disposes it and the body.</summary>
    public PipelineMessage Create(UpstreamContent content, UpstreamCall call, CancellationToken cancellationToken)
    {
        var message = _pipeline.CreateMessage();
        message.Request.Method = "POST";
        message.Request.Uri = _uri;
        // No Accept beside it, and never text/event-stream: System.ClientModel then copies the body and sends it again, by itself, when the stream ends without [DONE].
        message.Request.Headers.Set("Content-Type", "application/json");
        // Azure's support finds a call by it.
        message.Request.Headers.Set("x-ms-client-request-id", call.RequestId);
        if (call.SessionId is not null) message.Request.Headers.Set(Conversation.SessionHeader, call.SessionId);
        if (call.AnotherConnection) UpstreamTransport.UseAnotherConnection(message);
        message.Request.Content = content;
        // The default reads the whole answer into memory first.
        message.Apply(new RequestOptions { BufferResponse = false, CancellationToken = cancellationToken });
        return message;
    }

    /// <summary>Sends a call; completes when the response's headers are there. Throws what the SDK and the network throw.</summary>
    public ValueTask SendAsync(PipelineMessage message) => _pipeline.SendAsync(message);

    /// <summary>The upstream refused the credential: a newer one is fetched in the background, for the turns to come.</summary>
    public void RenewCredential(SecretStore secrets)
    {
        if (_token is not null) _token.Refresh();
        else secrets.RequestRefresh();
    }

    /// <summary>Waits a moment for a newer credential than the one that was refused.</summary>
    private async Task RenewedAsync(UpstreamCall call, CancellationToken cancellationToken)
    {
        try
        {
            await (_token?.NextTokenAsync(cancellationToken) ?? call.Secrets.ChangedAsync(cancellationToken)).WaitAsync(RenewalTime, call.Time, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or AuthenticationFailedException)
        {
            // Tried with what there is: roles take minutes to spread, and the refusal may have been one of those.
        }

        await ReadyAsync(call with { AfterRefusedCredential = false }, cancellationToken);
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
