using System.Threading.Channels;
using Azure.Core;

namespace Gateway.Tests.Credentials;

/// <summary>A credential whose every answer the test gives.</summary>
internal sealed class ScriptedCredential : TokenCredential
{
    private readonly Channel<Request> _requests = Channel.CreateUnbounded<Request>();
    private int _inFlight;

    /// <summary>The most requests that were open at once.</summary>
    public int MostInFlight { get; private set; }

    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        throw new NotSupportedException("The gateway asks asynchronously.");

    public override async ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        MostInFlight = Math.Max(MostInFlight, Interlocked.Increment(ref _inFlight));
        try
        {
            var request = new Request(requestContext, cancellationToken);
            await _requests.Writer.WriteAsync(request, CancellationToken.None);
            return await request.Answer.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    /// <summary>The next request, as soon as it comes.</summary>
    public Task<Request> NextAsync() => _requests.Reader.ReadAsync().Soon();

    public bool WasAsked(out Request? request) => _requests.Reader.TryRead(out request);

    internal sealed class Request(TokenRequestContext context, CancellationToken cancellationToken)
    {
        public TokenRequestContext Context { get; } = context;

        public CancellationToken CancellationToken { get; } = cancellationToken;

        public TaskCompletionSource<AccessToken> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Give(string token, DateTimeOffset expiresOn, DateTimeOffset? refreshOn = null) =>
            Answer.SetResult(new AccessToken(token, expiresOn, refreshOn));

        public void Fail(Exception exception) => Answer.SetException(exception);
    }
}
