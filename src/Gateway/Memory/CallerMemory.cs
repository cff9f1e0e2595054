using System.Collections.Concurrent;
using System.Collections.Frozen;
using Gateway.EndUsers;
using Microsoft.Extensions.Logging;

namespace Gateway.Memory;

/// <summary>
/// What a caller's agents remember, and what of it a trust reaches. Whoever is known by a number alone is remembered by low-risk facts alone, and recalls no others: what one holder
/// of the phone has said is nothing for the next, and what a forged number brings in is not believed of the one whose number it is (docs/adr/0016).
/// </summary>
internal sealed class CallerMemory(string caller, MemoryOptions options, IMemory provider, EndUserTokens tokens, EndUserIds ids, TimeProvider time, ILogger log)
{
    public const int LongestSummary = 1500;
    public const int LongestName = 64;
    public const int LongestValue = 300;

    /// <summary>The facts of one call that are remembered.</summary>
    public const int MostFactsOfACall = 50;

    private static readonly TimeSpan WarnEvery = TimeSpan.FromMinutes(1);

    private readonly FrozenSet<string> _lowRisk = LowRiskFacts.Of(options);

    // By problem, of which there are ten.
    private readonly ConcurrentDictionary<string, long> _warned = [];

    /// <summary>The caller's name, which is also the tenant of its end users.</summary>
    public string Caller => caller;

    public MemoryOptions Options => options;

    /// <summary>All that is kept, whatever a trust reaches: to export and to delete.</summary>
    public IMemory Provider => provider;

    /// <summary>Whose token it is; null where it counts for nothing, which is logged.</summary>
    /// <param name="token">The token.</param>
    /// <param name="at">When it has to be valid.</param>
    public EndUser? Identify(string token, DateTimeOffset at)
    {
        var reading = tokens.Read(token, caller, at);
        if (reading.Problem is { } problem) Warn(problem);
        return reading.User;
    }

    /// <summary>Who calls from a number; null where that names nobody.</summary>
    public EndUser? FromNumber(string? number) => PhoneNumber.IsE164(number) && ids.KeyOf(number!) is { } key ? new EndUser(caller, key, EndUserTrust.Phone) : null;

    /// <summary>What their trust recalls of an end user.</summary>
    public async Task<Recollection> RecallAsync(EndUser user, CancellationToken cancellationToken)
    {
        Check(user);
        var known = await provider.RecallAsync(user, cancellationToken);
        return user.Trust == EndUserTrust.Signed ? known : new Recollection(LowRisk(known), []);
    }

    /// <summary>What of it is of low risk.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> LowRisk(Recollection known) => [.. known.Facts.Where(fact => _lowRisk.Contains(fact.Key))];

    /// <summary>Remembers of a call what may be remembered under the end user's trust.</summary>
    public async Task RememberAsync(EndUser user, CallNotes call, CancellationToken cancellationToken)
    {
        Check(user);
        var isSigned = user.Trust == EndUserTrust.Signed;
        var summary = isSigned && call.Summary is { } told ? PlainText.Of(told, LongestSummary) : null;
        Dictionary<string, string> facts = new(Recollection.Names);
        foreach (var (name, value) in call.Facts)
        {
            if (facts.Count < MostFactsOfACall && Of(user, name, value) is var (allowed, text)) facts[allowed] = text;
        }

        if (summary is not { Length: > 0 }) summary = null;
        if (summary is not null || facts.Count > 0) await provider.RememberAsync(user, call with { Summary = summary, Facts = facts }, cancellationToken);
    }

    /// <summary>Remembers one fact. False where nothing of it may be remembered under the end user's trust.</summary>
    public async Task<bool> RememberAsync(EndUser user, string name, string value, CancellationToken cancellationToken)
    {
        Check(user);
        if (Of(user, name, value) is not var (allowed, text)) return false;
        await provider.RememberAsync(user, allowed, text, cancellationToken);
        return true;
    }

    private (string Name, string Value)? Of(EndUser user, string name, string value)
    {
        var (plain, text) = (PlainText.Of(name, LongestName), PlainText.Of(value, LongestValue));
        return plain.Length > 0 && text.Length > 0 && (user.Trust == EndUserTrust.Signed || _lowRisk.Contains(plain)) ? (plain, text) : null;
    }

    private void Check(EndUser user)
    {
        if (user.Tenant != caller) throw new ArgumentException("The end user is another caller's.", nameof(user));
    }

    private void Warn(string problem)
    {
        var now = time.GetTimestamp();
        if (_warned.TryGetValue(problem, out var before) && time.GetElapsedTime(before, now) < WarnEvery) return;
        _warned[problem] = now;
        MemoryLog.TokenRejected(log, caller, problem, WarnEvery);
    }
}
