namespace Gateway;

/// <summary>One route of the endpoint.</summary>
/// <param name="Name">Its name: the function's name on Azure Functions.</param>
/// <param name="Verb">The verb that it answers, in capitals; null for every verb.</param>
/// <param name="Pattern">One of <see cref="Routes"/>.</param>
/// <param name="Handler">The type of the <see cref="RouteHandler"/> that answers.</param>
public sealed record GatewayEndpoint(string Name, string? Verb, string Pattern, Type Handler)
{
    /// <summary>Whether a path, without slashes at its ends, is this route's, whatever the verb.</summary>
    internal bool Matches(string path)
    {
        if (Verb is null) return false;
        var wildcard = Pattern.IndexOf('{', StringComparison.Ordinal);
        return wildcard < 0
            ? path.Equals(Pattern, StringComparison.OrdinalIgnoreCase)
            : path.AsSpan().StartsWith(Pattern.AsSpan(0, wildcard), StringComparison.OrdinalIgnoreCase);
    }
}
