using Gateway.EndUsers;

namespace Gateway.Webhooks;

/// <summary>Whose a call is, for the index: everybody whom its event names, by an id, a number, or a token of ours.</summary>
internal sealed class CallEndUsers(EndUserIds ids, EndUserTokens tokens)
{
    /// <summary>The keys of a call's end users; none where there is no secret to make them with.</summary>
    public IEnumerable<string> KeysOf(WebhookEvent call) => call.EndUsers.Select(ids.KeyOf).Concat(call.EndUserTokens.Select(tokens.KeyOf)).OfType<string>().Distinct();
}
