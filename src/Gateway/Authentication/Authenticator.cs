using Gateway.Errors;
using Gateway.Secrets;

namespace Gateway.Authentication;

/// <summary>Finds out who presents a key.</summary>
internal sealed class Authenticator(SecretStore secrets, IReadOnlyList<Caller> callers)
{
    internal static readonly Failure NotReady = new(503, "not_ready", "The endpoint is starting and has not read its keys yet.") { RetryAfter = "1" };
    internal static readonly Failure NoKey = new(401, "missing_api_key", "Present a key in 'Authorization: Bearer', 'api-key' or 'x-api-key'.");
    internal static readonly Failure WrongKey = new(401, "invalid_api_key", "The key is not valid.");

    private CallerKeys? _keys;

    /// <summary>The caller, or why there is none.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled while the keys were awaited.</exception>
    public async ValueTask<(Caller? Caller, Failure? Failure)> AuthenticateAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var (bearer, azure, other) = (Bearer(request), Key(request, "api-key"), Key(request, "x-api-key"));
        if (bearer.IsEmpty && azure.IsEmpty && other.IsEmpty) return (null, NoKey);
        if (secrets.Current is null && await secrets.LoadedAsync(SecretStore.LoadWait, cancellationToken) is null) return (null, NotReady);

        // Each of them: a proxy in between may have put a token of its own into one.
        var keys = Keys();
        if ((keys.Find(bearer.Span) ?? keys.Find(azure.Span) ?? keys.Find(other.Span)) is { } caller) return (caller, null);

        // It may have been made a minute ago.
        secrets.RequestRefresh();
        return (null, WrongKey);
    }

    /// <summary>The keys that a request presents.</summary>
    public static IEnumerable<ReadOnlyMemory<char>> Presented(HttpRequest request) => new[] { Bearer(request), Key(request, "api-key"), Key(request, "x-api-key") }.Where(static key => !key.IsEmpty);

    private static ReadOnlyMemory<char> Bearer(HttpRequest request)
    {
        const string Scheme = "Bearer ";
        return request.Headers.Authorization is [{ } value, ..] && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? value.AsMemory(Scheme.Length).Trim() : default;
    }

    private static ReadOnlyMemory<char> Key(HttpRequest request, string header) => request.Headers[header] is [{ } value, ..] ? value.AsMemory().Trim() : default;

    private CallerKeys Keys()
    {
        var current = secrets.Current!;
        var keys = _keys;
        // Two turns may both make them after a change; they come out the same.
        if (keys?.Secrets != current) _keys = keys = new CallerKeys(current, callers);
        return keys;
    }
}
