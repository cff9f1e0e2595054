using System.Text.RegularExpressions;
using Gateway.Authentication;
using Gateway.ElevenLabs;
using Gateway.EndUsers;
using Gateway.Memory;
using Gateway.Secrets;
using Gateway.Storage;
using Gateway.Webhooks;

namespace Gateway.Privacy;

/// <summary>Where there may be anything of end users: the archive of calls, the memories and prompts of all callers, and ElevenLabs.</summary>
internal sealed partial class EndUserTraces(
    IStorage storage,
    Lazy<CallerMemories>? memories,
    BuiltInMemory builtIn,
    IReadOnlyList<Caller> callers,
    EndUserIds ids,
    SecretStore secrets,
    ElevenLabsOptions elevenLabs,
    HttpClient http,
    TimeProvider time)
{
    // A number has more digits than any other id that is written with a '+' has.
    private const int ShortestNumber = 8;

    /// <summary>Whether ElevenLabs' conversations are covered.</summary>
    public bool CoversElevenLabs => elevenLabs.KeySecret is not null;

    /// <summary>What end users are known by; null where there is no secret to know them by.</summary>
    public IReadOnlyList<string>? KeysOf(IReadOnlyList<string> endUsers)
    {
        string[] keys = [.. endUsers.Select(ids.KeyOf).OfType<string>()];
        return keys.Length == endUsers.Count ? keys : null;
    }

    /// <summary>Their calls in the archive, each with the keys that it is listed under.</summary>
    public async Task<Dictionary<ArchivedCall, List<string>>> CallsAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        Dictionary<ArchivedCall, List<string>> calls = [];
        foreach (var key in keys)
        {
            await foreach (var row in storage.ListAsync(CallRows.ByEndUser(key), from: null, before: null, cancellationToken))
            {
                var call = CallRows.Call(row);
                if (calls.TryGetValue(call, out var before)) before.Add(key);
                else calls[call] = [key];
            }
        }

        return calls;
    }

    /// <summary>Everywhere where they may be remembered.</summary>
    public IEnumerable<(CallerMemory Memory, EndUser User)> MemoriesOf(IReadOnlyList<string> keys) =>
        memories is null ? [] : memories.Value.All.SelectMany(_ => keys, static (memory, key) => (memory, new EndUser(memory.Caller, key, EndUserTrust.Signed)));

    /// <summary>What the table remembers of them, whichever caller it was for, and whatever that one has now.</summary>
    public BuiltInMemory BuiltIn => builtIn;

    /// <summary>Drops what this process has recalled of them, and all prompts that it keeps: nobody knows whose those are.</summary>
    public void Forget(IReadOnlyList<string> keys)
    {
        foreach (var caller in callers) caller.SeenPrompt?.Forget();
        if (memories is null) return;
        foreach (var key in keys) memories.Value.Forget(key);
    }

    /// <summary>ElevenLabs' API.</summary>
    /// <exception cref="ElevenLabsException">There is no key for it.</exception>
    public ElevenLabsClient ElevenLabs() => secrets.Current?.Newest(elevenLabs.KeySecret!) is { } key
        ? new ElevenLabsClient(http, elevenLabs.Endpoint, key, time)
        : throw new ElevenLabsException($"the secret {elevenLabs.KeySecret} is absent");

    /// <summary>
    /// Their conversations at ElevenLabs, by <c>user_id</c>: the id itself, or the key that the start webhook gives them in place of it. Not by a number, which would be part of a URL:
    /// those of a number are known by its key, and by the archive's index.
    /// </summary>
    public static async Task<List<ListedConversation>> ConversationsAsync(ElevenLabsClient client, IReadOnlyList<string> endUsers, IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        List<ListedConversation> found = [];
        foreach (var id in endUsers.Where(static id => !HasNumber(id)).Concat(keys))
        {
            await foreach (var conversation in client.ListByUserAsync(id, cancellationToken))
            {
                if (WebhookParser.IsWord(conversation.AgentId) && WebhookParser.IsWord(conversation.ConversationId)) found.Add(conversation);
            }
        }

        return found;
    }

    /// <summary>Whether an id is a phone's number, or holds one as an address of SIP or WhatsApp does.</summary>
    internal static bool HasNumber(string id) => id.Count(char.IsDigit) >= ShortestNumber && (PhoneNumber.IsWrittenAsOne(id) || Address().IsMatch(id));

    // Eight digits or more behind a '+' or the word for a number, or on a side of an '@': "sip:015112345678@carrier", "4915112345678@s.whatsapp.net".
    [GeneratedRegex(@"[+＋]\W*\d(?:\W*\d){7}|(?<![a-z])(?:sips?|tel|whatsapp)(?![a-z]).*?\d(?:\W*\d){7}|\d{8}.*@|@.*\d{8}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Address();
}
