using System.Runtime.CompilerServices;
using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gateway.Credentials;

/// <summary>
/// A credential whose token for one scope is fetched at start and renewed in the background, so that no turn waits for it.
/// </summary>
/// <remarks>
/// What the token policy of Azure.AI.OpenAI 2.1.0 does (<c>AzureTokenAuthenticationPolicy</c>, read in its IL and pinned by
/// the tests of this class):
/// it keeps the last token until its <c>RefreshOn</c>, or 5 minutes before its end, or a 401, and then asks on the path of
/// the request, each waiting request for itself. It would therefore miss what is renewed here, and after a 401 at one
/// deployment the clients of the others would keep the refused token. So tokens are handed out with a <c>RefreshOn</c> in
/// the past: the policy asks every time, and the answer is at hand.
/// It asks with its scopes and a request id alone, no claims and no tenant, and with <c>CancellationToken.None</c>: a turn
/// that is cancelled while the policy waits is not released. So whoever sends awaits <see cref="ReadyAsync"/> first, with
/// the attempt's token, and a wait inside the policy ends by itself after <see cref="PolicyWait"/>.
/// </remarks>
internal sealed partial class BackgroundToken(TokenCredential inner, string scope, TimeProvider time, ILogger<BackgroundToken> log)
    : TokenCredential, IHostedService, IDisposable
{
    /// <summary>Longer than the retries of the managed identity's own pipeline, so that its error is the one reported.</summary>
    private static readonly TimeSpan FetchTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Any turn's deadline is over by then, and one retry has been made at the slowest pace.</summary>
    private static readonly TimeSpan PolicyWait = TimeSpan.FromSeconds(15);

    /// <summary>What the SDK keeps free before the end of a token, for clocks that differ and renewals that fail.</summary>
    private static readonly TimeSpan Reserve = TimeSpan.FromMinutes(5);

    private readonly RenewalPace _pace = new(time);
    private readonly CancellationTokenSource _stopping = new();
    private Task _renewing = Task.CompletedTask;
    private TaskCompletionSource _next = NewSignal();
    // A box, because AccessToken is several words wide: written in place, a reader could see half of two tokens.
    private volatile StrongBox<AccessToken>? _held;
    private volatile string? _failure;

    /// <summary>Null while there is a valid token, otherwise what it waits for, in one line without host names.</summary>
    public string? WaitingFor => IsValid(_held) ? null : _failure ?? "Entra ID: no answer yet";

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // The first use of a credential costs some 150 ms of set-up, which the start of the host should not pay.
        _renewing = Task.Run(() => RenewAsync(_stopping.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _renewing.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    /// <summary>Completes when there is a valid token. Only the wait is cancelled, never the fetch.</summary>
    /// <exception cref="AuthenticationFailedException">
    /// The last fetch has failed. It is being retried, but a turn that waited would blame the model, after all its time.
    /// </exception>
    public ValueTask ReadyAsync(CancellationToken cancellationToken)
    {
        if (IsValid(_held)) return ValueTask.CompletedTask;
        return _failure is { } reason ? throw new AuthenticationFailedException(reason) : new ValueTask(NextAsync(cancellationToken));
    }

    /// <summary>The upstream refused the token: renews it at once, at most every 30 s and never beside a fetch under way. False where it does not.</summary>
    public bool Refresh() => _pace.Wake();

    /// <summary>Completes with the next token that is fetched, or with the failure to fetch one.</summary>
    public Task NextTokenAsync(CancellationToken cancellationToken) => Volatile.Read(ref _next).Task.WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        if (!IsOurs(requestContext))
            return inner.GetTokenAsync(requestContext, cancellationToken);

        var held = _held;
        return IsValid(held) ? new ValueTask<AccessToken>(held.Value) : WaitForTokenAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
    {
        if (!IsOurs(requestContext))
            return inner.GetToken(requestContext, cancellationToken);

        var held = _held;
        // Blocks only for callers of the SDK's synchronous methods, of which the gateway is none.
        return IsValid(held) ? held.Value : WaitForTokenAsync(cancellationToken).AsTask().GetAwaiter().GetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    // A claims challenge or another tenant asks for a token that this one is not.
    private bool IsOurs(in TokenRequestContext context) =>
        context is { Scopes: [var only], Claims: null, TenantId: null, IsProofOfPossessionEnabled: false }
        && string.Equals(only, scope, StringComparison.Ordinal);

    private bool IsValid([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] StrongBox<AccessToken>? held) =>
        held is not null && time.GetUtcNow() < held.Value.ExpiresOn;

    private async ValueTask<AccessToken> WaitForTokenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await NextAsync(cancellationToken).WaitAsync(PolicyWait, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new AuthenticationFailedException(_failure ?? "Entra ID: no answer yet");
        }

        return _held!.Value;
    }

    private Task NextAsync(CancellationToken cancellationToken)
    {
        // In this order: a token that arrives between the two lines has completed this signal or is seen by the second.
        var next = Volatile.Read(ref _next);
        return IsValid(_held) ? Task.CompletedTask : next.Task.WaitAsync(cancellationToken);
    }

    private async Task RenewAsync(CancellationToken stopping)
    {
        var failures = 0;
        var refused = false;
        while (!stopping.IsCancellationRequested)
        {
            var token = await FetchAsync(refused, stopping);
            failures = token is null ? failures + 1 : 0;
            var delay = token is { } fetched ? UntilRenewal(fetched) : RenewalPace.RetryDelay(failures);
            refused = await _pace.PauseAsync(delay, wakeable: token is not null, stopping);
        }
    }

    // The tokens of requests stay out of this: one caller's hang-up would cancel what all others wait for, and MSAL links
    // its own background refresh to the token it is given.
    private async Task<AccessToken?> FetchAsync(bool refused, CancellationToken stopping)
    {
        using var deadline = new CancellationTokenSource(FetchTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, deadline.Token);
        // A managed identity answers from its cache whatever the upstream thinks of the token, unless there are claims,
        // which it does not send on. The developer credentials have no cache and refuse claims.
        var claims = refused && inner is ManagedIdentityCredential ? "{}" : null;
        try
        {
            var token = await inner.GetTokenAsync(new TokenRequestContext([scope], parentRequestId: null, claims), either.Token);
            if (token.ExpiresOn <= time.GetUtcNow())
                return Failed("Entra ID: the token had expired when it came");

            Succeeded(token);
            return token;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException)
        {
            return Failed("Entra ID: no answer in time");
        }
        catch (CredentialUnavailableException)
        {
            return Failed("Entra ID: no identity here (a managed identity, or `az login` on a developer's machine)");
        }
        catch (AuthenticationFailedException)
        {
            return Failed("Entra ID: refused to give a token");
        }
        catch (Exception exception) // A credential may throw anything; the loop must outlive it.
        {
            return Failed($"Entra ID: failed ({exception.GetType().Name})");
        }
    }

    private void Succeeded(AccessToken token)
    {
        var first = _held is null;
        _held = new StrongBox<AccessToken>(new AccessToken(token.Token, token.ExpiresOn, DateTimeOffset.UnixEpoch, token.TokenType));
        Interlocked.Exchange(ref _next, NewSignal()).TrySetResult();
        var recovered = _failure is not null;
        _failure = null;
        if (first)
            Log.TokenAcquired(log, scope);
        else if (recovered)
            Log.TokenRenewedAgain(log, scope);
    }

    private AccessToken? Failed(string reason)
    {
        if (_failure != reason)
            Log.TokenNotRenewed(log, scope, reason);
        _failure = reason;
        // Who waits for the first token waits for nothing now.
        if (!IsValid(_held))
        {
            var signal = Interlocked.Exchange(ref _next, NewSignal());
            signal.TrySetException(new AuthenticationFailedException(reason));
            // Mostly nobody waits, and nobody is to be told that of the exception either.
            _ = signal.Task.Exception;
        }

        return null;
    }

    private TimeSpan UntilRenewal(AccessToken token)
    {
        var now = time.GetUtcNow();
        var left = token.ExpiresOn - now;
        var wanted = token.RefreshOn is { } refreshOn ? refreshOn - now : left / 2;
        var latest = left - Reserve;
        // The floor is no nicety: past its RefreshOn, MSAL answers once more with the old token and renews behind it.
        var floor = left / 2 < RenewalPace.MinimumInterval ? left / 2 : RenewalPace.MinimumInterval;
        var delay = wanted < latest ? wanted : latest;
        return delay > floor ? delay : floor;
    }
}
