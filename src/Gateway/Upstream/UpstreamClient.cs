using System.ClientModel.Primitives;
using Azure.Identity;
using Gateway.Credentials;
using Gateway.Options;
using Gateway.Secrets;

namespace Gateway.Upstream;

/// <summary>Calls one deployment. The SDK gives credential and pipeline; the request and its bytes are ours. There is one kind of client for each kind of deployment.</summary>
internal abstract class UpstreamClient(ClientPipeline pipeline, Uri uri, BackgroundToken? token, UpstreamKey? key)
{
    // A managed identity answers in tens of milliseconds, Key Vault in a hundred; who waits longer has the turn's time to lose.
    private static readonly TimeSpan RenewalTime = TimeSpan.FromSeconds(1);

    /// <summary>Whether calls are signed with an Entra ID token.</summary>
    public bool UsesToken => token is not null;

    /// <summary>What calls are signed with, by its name.</summary>
    public string Credential => token is not null ? "an Entra ID token" : key is not null ? $"the key of secret '{key.Secret}'" : "none, because KeySecret is not set";

    /// <summary>Completes when there is a credential to sign with. The SDK asks for it without a token for cancellation, so what may wait waits here.</summary>
    /// <exception cref="AuthenticationFailedException">There is none, and none to be had now.</exception>
    public ValueTask ReadyAsync(UpstreamCall call, CancellationToken cancellationToken)
    {
        if (call.AfterRefusedCredential && (token is not null || key?.IsFrom(call.Secrets.Current!) == true)) return new ValueTask(RenewedAsync(call, cancellationToken));
        if (token is not null) return token.ReadyAsync(cancellationToken);
        key?.UseNewest(call.Secrets.Current!);
        return ValueTask.CompletedTask;
    }

    /// <summary>A call of the deployment with this body. The caller sends it with <see cref="SendAsync"/>, and disposes it and the body.</summary>
    public PipelineMessage Create(UpstreamContent content, UpstreamCall call, CancellationToken cancellationToken)
    {
        var message = pipeline.CreateMessage();
        message.Request.Method = "POST";
        message.Request.Uri = uri;
        // No Accept beside it, and never text/event-stream: System.ClientModel then copies the body and sends it again, by itself, when the stream ends without [DONE].
        message.Request.Headers.Set("Content-Type", "application/json");
        SetHeaders(message.Request.Headers, in call);
        if (call.AnotherConnection) UpstreamTransport.UseAnotherConnection(message);
        message.Request.Content = content;
        // The default reads the whole answer into memory first.
        message.Apply(new RequestOptions { BufferResponse = false, CancellationToken = cancellationToken });
        return message;
    }

    /// <summary>Sends a call; completes when the response's headers are there. Throws what the SDK and the network throw.</summary>
    public ValueTask SendAsync(PipelineMessage message) => pipeline.SendAsync(message);

    /// <summary>The upstream refused the credential: a newer one is fetched in the background, for the turns to come.</summary>
    public void RenewCredential(SecretStore secrets)
    {
        if (token is not null) token.Refresh();
        else if (key is not null) secrets.RequestRefresh();
    }

    /// <summary>Sets the headers that tell the upstream what the call belongs to.</summary>
    protected abstract void SetHeaders(PipelineRequestHeaders headers, in UpstreamCall call);

    /// <summary>Sets what all pipelines have in common.</summary>
    protected static void Configure(ClientPipelineOptions client, DeploymentOptions options, HttpClient http)
    {
        client.Transport = new UpstreamTransport(http, Version.Parse(options.HttpVersion));
        // An attempt belongs to the turn, and so does the next one; the SDK's three blind retries would eat its deadline.
        client.RetryPolicy = new SingleAttempt();
        // The default wraps the body in a stream that allocates on every read, and cuts after 100 s.
        client.NetworkTimeout = Timeout.InfiniteTimeSpan;
        // Its lines name hosts, and a policy that writes none still costs a call.
        client.ClientLoggingOptions = new ClientLoggingOptions { EnableLogging = false };
    }

    /// <summary>Waits a moment for a newer credential than the one that was refused.</summary>
    private async Task RenewedAsync(UpstreamCall call, CancellationToken cancellationToken)
    {
        try
        {
            await (token?.NextTokenAsync(cancellationToken) ?? call.Secrets.ChangedAsync(cancellationToken)).WaitAsync(RenewalTime, call.Time, cancellationToken);
        }
        catch (Exception e) when (e is TimeoutException or AuthenticationFailedException)
        {
            // Tried with what there is: roles take minutes to spread, and the refusal may have been one of those.
        }

        await ReadyAsync(call with { AfterRefusedCredential = false }, cancellationToken);
    }
}
