using Gateway.EndUsers;
using Gateway.Memory;
using Gateway.Tests.EndUsers;

namespace Gateway.Tests.Memory;

public sealed class CallerMemoryTests : IDisposable
{
    private static readonly EndUser Signed = new("voice", "key", EndUserTrust.Signed);
    private static readonly EndUser ByPhone = new("voice", "key", EndUserTrust.Phone);
    private static readonly Dictionary<string, string> Facts = new() { ["Language"] = "de", ["preferred_name"] = "Zoë", ["address"] = "Hauptstraße 1" };

    private readonly Identities _identities = new();
    private readonly LogRecorder _log = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, "Language preferred_name address", 1)]
    [InlineData(false, "Language preferred_name", 0)]
    public async Task Recall_ByTrust_ReachesSoFar(bool isSigned, string facts, int notes)
    {
        var known = await Memory(new ScriptedMemory(new Recollection([.. Facts], ["2026-11-02: A call."]))).RecallAsync(isSigned ? Signed : ByPhone, Ct);

        Assert.Equal(facts, string.Join(' ', known.Facts.Select(fact => fact.Key)));
        Assert.Equal(notes, known.Notes.Count);
    }

    [Fact]
    public async Task Recall_WithFieldsOfItsOwn_ReachesThoseAlone()
    {
        var options = new MemoryOptions { LowRiskFields = { "Address" } };

        var known = await Memory(new ScriptedMemory(new Recollection([.. Facts], [])), options).RecallAsync(ByPhone, Ct);

        Assert.Equal(["address"], known.Facts.Select(fact => fact.Key));
    }

    [Fact]
    public async Task Remember_CallUnderANumber_LeavesLowRiskFactsAlone()
    {
        var kept = new ScriptedMemory(Recollection.Nothing);

        await Memory(kept).RememberAsync(ByPhone, Call("A long story.", Facts), Ct);
        await Memory(kept).RememberAsync(ByPhone, Call("A long story.", new Dictionary<string, string> { ["address"] = "x" }), Ct);

        var (user, call) = Assert.Single(kept.Calls);
        Assert.Equal((ByPhone, null, "Language preferred_name"), (user, call.Summary, string.Join(' ', call.Facts.Keys)));
    }

    [Fact]
    public async Task Remember_CallOfASignedUser_KeepsAllOfItWithinBounds()
    {
        var kept = new ScriptedMemory(Recollection.Nothing);
        Dictionary<string, string> facts = new() { ["blank"] = " \n", [new string('n', 80)] = new string('v', 400) };
        foreach (var i in Enumerable.Range(0, 60)) facts[$"fact{i}"] = "x";

        await Memory(kept).RememberAsync(Signed, Call($"A <b>story</b>.\n{new string('s', 2000)}", facts), Ct);

        var call = Assert.Single(kept.Calls).Call;
        Assert.StartsWith("A ‹b›story‹/b›. sss", call.Summary, StringComparison.Ordinal);
        Assert.Equal(CallerMemory.LongestSummary, call.Summary!.Length);
        Assert.Equal(CallerMemory.MostFactsOfACall, call.Facts.Count);
        Assert.DoesNotContain("blank", call.Facts.Keys);
        Assert.Equal((CallerMemory.LongestName, CallerMemory.LongestValue), (call.Facts.Keys.Max(name => name.Length), call.Facts.Values.Max(value => value.Length)));
    }

    [Fact]
    public async Task Remember_CallWithNothingToTell_IsNone()
    {
        var kept = new ScriptedMemory(Recollection.Nothing);

        await Memory(kept).RememberAsync(Signed, Call(" \u0000", []), Ct);

        Assert.Empty(kept.Calls);
    }

    [Theory]
    [InlineData(true, "address", true)]
    [InlineData(false, "address", false)]
    [InlineData(false, "language", true)]
    [InlineData(true, "\n", false)]
    public async Task Remember_AFact_IsTakenWhereTheTrustReaches(bool isSigned, string name, bool taken)
    {
        var kept = new ScriptedMemory(Recollection.Nothing);

        Assert.Equal(taken, await Memory(kept).RememberAsync(isSigned ? Signed : ByPhone, name, "x", Ct));
        Assert.Equal(taken ? 1 : 0, kept.Facts.Count);
    }

    [Fact]
    public async Task Anything_OfAnotherCallersEndUser_IsRefused()
    {
        var kept = new ScriptedMemory(new Recollection([.. Facts], []));
        var other = Signed with { Tenant = "other" };

        await Assert.ThrowsAsync<ArgumentException>(() => Memory(kept).RecallAsync(other, Ct));
        await Assert.ThrowsAsync<ArgumentException>(() => Memory(kept).RememberAsync(other, Call("x", []), Ct));
        await Assert.ThrowsAsync<ArgumentException>(() => Memory(kept).RememberAsync(other, "language", "x", Ct));
        Assert.Equal(0, kept.Asked + kept.Calls.Count + kept.Facts.Count);
    }

    [Fact]
    public void Identify_TokensThatCountForNothing_AreToldOnceAMinuteByTheirCode()
    {
        var memory = Memory(new ScriptedMemory(Recollection.Nothing));
        for (var i = 0; i < 5; i++) Assert.Null(memory.Identify("nonsense", _identities.Time.GetUtcNow()));
        Assert.Null(memory.Identify("a.b.c", _identities.Time.GetUtcNow()));
        _identities.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(memory.Identify("nonsense", _identities.Time.GetUtcNow()));

        Assert.Equal(["malformed", "wrong_signature", "malformed"], _log.Records.Select(record => record.Values["Problem"]));
        Assert.DoesNotContain(_log.Records, record => record.Message.Contains("nonsense", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("+4915112345678", true)]
    [InlineData("anonymous", false)]
    [InlineData("12345", false)]
    [InlineData(null, false)]
    public void FromNumber_OnlyOneInE164_IsSomebody(string? number, bool isSomebody)
    {
        var user = Memory(new ScriptedMemory(Recollection.Nothing)).FromNumber(number);

        Assert.Equal(isSomebody ? new EndUser("voice", _identities.Ids.KeyOf(number!)!, EndUserTrust.Phone) : null, user);
    }

    public void Dispose()
    {
        _identities.Dispose();
        _log.Dispose();
    }

    private static CallNotes Call(string? summary, Dictionary<string, string> facts) => new("conv_1", new DateTimeOffset(2026, 11, 1, 11, 0, 0, TimeSpan.Zero), summary, facts);

    private CallerMemory Memory(IMemory provider, MemoryOptions? options = null) =>
        new("voice", options ?? new MemoryOptions(), provider, _identities.Tokens, _identities.Ids, _identities.Time, _log.CreateLogger("Gateway.Memory"));
}
