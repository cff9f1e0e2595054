using System.Buffers;
using System.Text;
using System.Text.Json;
using Gateway.EndUsers;
using Gateway.Memory;
using Gateway.Storage;
using Gateway.Tests.Privacy;
using Gateway.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Gateway.Tests.Memory;

public sealed class BuiltInMemoryTests(Azurite azurite)
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly EndUser Anna = new("voice", "a1", EndUserTrust.Signed);

    private readonly FakeTimeProvider _time = new(Now);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<StoragePlace> Places => [StoragePlace.Azurite, StoragePlace.Folder];

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Recall_AfterSomeCalls_HasTheNewestFirst(StoragePlace place)
    {
        await using var stored = await TemporaryStorage.CreateAsync(azurite, place);
        var memory = Memory(stored);
        await memory.RememberAsync(Anna, Call("conv_2", daysAgo: 1, "The second.", ("name", "Ann"), ("size", "40")), Ct);
        // ElevenLabs' retry of the first comes after the second.
        await memory.RememberAsync(Anna, Call("conv_1", daysAgo: 2, "The first.", ("name", "Anna"), ("color", "red")), Ct);
        await memory.RememberAsync(Anna, "color", "blue", Ct);

        var known = await memory.RecallAsync(Anna, Ct);

        Assert.Equal(["2026-11-21: The second.", "2026-11-20: The first."], known.Notes);
        Assert.Equal(["color=blue", "name=Ann", "size=40"], known.Facts.Select(fact => $"{fact.Key}={fact.Value}").Order(StringComparer.Ordinal));
        Assert.Equal("color", known.Facts[0].Key);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Recall_OfSomebodyElseOrOfAnotherTenant_IsNothing(StoragePlace place)
    {
        await using var stored = await TemporaryStorage.CreateAsync(azurite, place);
        var memory = Memory(stored);
        await memory.RememberAsync(Anna, Call("conv_1", daysAgo: 1, "Hers.", ("name", "Anna")), Ct);

        foreach (var other in new[] { Anna with { Tenant = "api" }, Anna with { Key = "a2" } })
            Assert.True((await memory.RecallAsync(other, Ct)).IsEmpty);
        Assert.Equal(["2026-11-21: Hers."], (await memory.RecallAsync(Anna with { Trust = EndUserTrust.Phone }, Ct)).Notes);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Remember_TheSameCallAgain_ChangesNothing(StoragePlace place)
    {
        await using var stored = await TemporaryStorage.CreateAsync(azurite, place);
        var memory = Memory(stored);
        var call = Call("conv_1", daysAgo: 1, "A call.", ("name", "Anna"));
        await memory.RememberAsync(Anna, call, Ct);
        var before = await RowsAsync(stored.Storage);

        await memory.RememberAsync(Anna, call, Ct);
        Assert.Equal(before, await RowsAsync(stored.Storage));

        // It has another time where ElevenLabs leaves it out of one of them.
        await memory.RememberAsync(Anna, call with { StartedAt = call.StartedAt.AddSeconds(30) }, Ct);
        Assert.Equal(["2026-11-21: A call."], (await memory.RecallAsync(Anna, Ct)).Notes);
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Remember_MoreThanSomebodyMayHave_DeletesTheOldest(StoragePlace place)
    {
        await using var stored = await TemporaryStorage.CreateAsync(azurite, place);
        var memory = Memory(stored);
        foreach (var number in Enumerable.Range(1, 23))
            await memory.RememberAsync(Anna, Call($"conv_{number}", daysAgo: 24 - number, $"Call {number}.", [.. Enumerable.Range(0, 3).Select(i => ($"fact{number}.{i}", "x"))]), Ct);

        var known = await memory.RecallAsync(Anna, Ct);

        Assert.Equal(Enumerable.Range(0, BuiltInMemory.MostCalls).Select(i => $"Call {23 - i}."), known.Notes.Select(note => note["2026-11-21: ".Length..]));
        Assert.Equal(BuiltInMemory.MostFacts, known.Facts.Count);
        Assert.All(known.Facts, fact => Assert.InRange(int.Parse(fact.Key["fact".Length..].Split('.')[0], System.Globalization.CultureInfo.InvariantCulture), 7, 23));
        Assert.Equal(BuiltInMemory.MostCalls + BuiltInMemory.MostFacts + 1, await stored.Storage.ListAsync(MemoryRows.Partition(Anna), null, null, Ct).CountAsync(Ct));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Fact_UnderANumber_DoesNotTakeTheSignedOnesPlace(StoragePlace place)
    {
        await using var stored = await TemporaryStorage.CreateAsync(azurite, place);
        var memory = Memory(stored);
        await memory.RememberAsync(Anna, "preferred_name", "Anna", Ct);
        _time.Advance(TimeSpan.FromHours(1));
        await memory.RememberAsync(Anna with { Trust = EndUserTrust.Phone }, "preferred_name", "Master", Ct);
        await memory.RememberAsync(Anna with { Trust = EndUserTrust.Phone }, "language", "de", Ct);

        Assert.Equal(["language=de", "preferred_name=Anna"], (await memory.RecallAsync(Anna, Ct)).Facts.Select(fact => $"{fact.Key}={fact.Value}"));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Fact_InOtherCapitals_IsTheSame(StoragePlace place)
    {
        await using var stored = await TemporaryStorage.CreateAsync(azurite, place);
        var memory = Memory(stored);
        var byNumber = Anna with { Trust = EndUserTrust.Phone };
        // Each way round: which of two rows comes first by its key is chance.
        (EndUser User, string Name, string Value)[] told =
        [
            (Anna, "preferred_name", "Anna"), (byNumber, "Preferred_Name", "Master"),
            (Anna, "Size", "38"), (Anna, "size", "40"),
            (Anna, "color", "red"), (Anna, "Color", "blue"),
        ];
        foreach (var (user, name, value) in told)
        {
            await memory.RememberAsync(user, name, value, Ct);
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(["Color=blue", "size=40", "preferred_name=Anna"], (await memory.RecallAsync(Anna, Ct)).Facts.Select(fact => $"{fact.Key}={fact.Value}"));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Memory_PastItsTime_IsNotRecalledAndGoneWithTheNextThatIsRemembered(StoragePlace place)
    {
        await using var stored = await TemporaryStorage.CreateAsync(azurite, place);
        var memory = Memory(stored);
        await memory.RememberAsync(Anna, Call("conv_1", daysAgo: 1, "Hers.", ("name", "Anna")), Ct);
        _time.Advance(TimeSpan.FromDays(20));
        await memory.RememberAsync(Anna, "size", "40", Ct);

        _time.Advance(TimeSpan.FromDays(11));
        Assert.Equal(["size"], (await memory.RecallAsync(Anna, Ct)).Facts.Select(fact => fact.Key));
        Assert.Empty((await memory.RecallAsync(Anna, Ct)).Notes);

        await memory.RememberAsync(Anna with { Key = "b2" }, "name", "Ben", Ct);
        Assert.Equal(["size"], await stored.Storage.ListAsync(MemoryRows.Partition(Anna), null, MemoryRows.Written, Ct).Select(row => row.Values[MemoryRows.Name]).ToListAsync(Ct));

        _time.Advance(TimeSpan.FromDays(40));
        await memory.RememberAsync(Anna with { Key = "b3" }, "name", "Cem", Ct);
        Assert.Equal(["memory", "memory.voice.b3"], (await RowsAsync(stored.Storage)).Select(row => row.Split('/')[0]).Distinct());
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Memory_WrittenUnderALongerRetention_GoesWithTheOneThatIsSetNow(StoragePlace place)
    {
        await using var stored = await TemporaryStorage.CreateAsync(azurite, place);
        await Memory(stored.Storage, days: 365).RememberAsync(Anna, Call("conv_1", daysAgo: 1, "Hers.", ("name", "Anna")), Ct);
        _time.Advance(TimeSpan.FromDays(32));
        var memory = Memory(stored);

        Assert.True((await memory.RecallAsync(Anna, Ct)).IsEmpty);
        await memory.RememberAsync(Anna with { Key = "b3" }, "name", "Cem", Ct);

        Assert.Equal(["memory", "memory.voice.b3"], (await RowsAsync(stored.Storage)).Select(row => row.Split('/')[0]).Distinct());
        Assert.Single(await stored.Storage.ListAsync(MemoryRows.Days, null, null, Ct).ToListAsync(Ct));
    }

    [Fact]
    public async Task Fact_RememberedWhileTheEndUserIsDeleted_IsFoundByTheNextDeletion()
    {
        await using var stored = await TemporaryStorage.CreateAsync(azurite, StoragePlace.Folder);
        var memory = Memory(stored);
        await memory.RememberAsync(Anna, "name", "Anna", Ct);
        // Behind the listing, which has seen the row of the day, and before anything is written.
        var interrupted = new InterruptedStorage(stored.Storage, 1, () => memory.DeleteAsync(Anna, Ct));

        await Memory(interrupted).RememberAsync(Anna, "size", "40", Ct);

        Assert.True(interrupted.WasInterrupted);
        Assert.Equal([Anna], await memory.FindAsync([Anna.Key], Ct));
        await memory.DeleteAsync(Anna, Ct);
        Assert.Empty(await RowsAsync(stored.Storage));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Delete_OfAnEndUser_LeavesNothingOfThemAndAllOfOthers(StoragePlace place)
    {
        await using var stored = await TemporaryStorage.CreateAsync(azurite, place);
        var memory = Memory(stored);
        await memory.RememberAsync(Anna with { Key = "b2" }, "name", "Ben", Ct);
        var before = await RowsAsync(stored.Storage);
        foreach (var _ in Enumerable.Range(0, 3))
        {
            await memory.RememberAsync(Anna, Call("conv_1", daysAgo: 1, "Hers.", ("name", "Anna")), Ct);
            await memory.RememberAsync(Anna with { Trust = EndUserTrust.Phone }, "language", "de", Ct);
            _time.Advance(TimeSpan.FromDays(1));
        }

        await memory.DeleteAsync(Anna with { Trust = EndUserTrust.Phone }, Ct);
        await memory.DeleteAsync(Anna, Ct);

        Assert.Equal(before, await RowsAsync(stored.Storage));
        if (place == StoragePlace.Folder) Assert.DoesNotContain(Directory.GetFileSystemEntries(stored.Folder, "*", SearchOption.AllDirectories), path => path.Contains(Anna.Key, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Export_OfAnEndUser_TellsAllThatIsKept(StoragePlace place)
    {
        await using var stored = await TemporaryStorage.CreateAsync(azurite, place);
        var memory = Memory(stored);
        await memory.RememberAsync(Anna, Call("conv_1", daysAgo: 1, "Hers.", ("name", "Anna")), Ct);
        await memory.RememberAsync(Anna with { Trust = EndUserTrust.Phone }, "language", "de", Ct);

        Assert.Equal(
            """{"calls":[{"conversation_id":"conv_1","started_at":"2026-11-21T12:00:00.0000000Z","trust":"Signed","summary":"Hers."}],"facts":[{"name":"language","value":"de","told_at":"2026-11-22T12:00:00.0000000Z","trust":"Phone"},{"name":"name","value":"Anna","told_at":"2026-11-21T12:00:00.0000000Z","trust":"Signed"}]}""",
            await ExportAsync(memory, Anna));
        Assert.Equal("""{"calls":[],"facts":[]}""", await ExportAsync(memory, Anna with { Key = "b2" }));
    }

    [Fact]
    public async Task Storage_ThatIsAway_IsAMemoryThatIsAway()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "file");
        await File.WriteAllTextAsync(file, "", Ct);
        var memory = Memory(new FileStorage(Path.Combine(file, "below")));

        await Assert.ThrowsAsync<MemoryUnavailableException>(() => memory.RememberAsync(Anna, "name", "Anna", Ct));
    }

    private static CallNotes Call(string conversation, int daysAgo, string? summary, params (string Name, string Value)[] facts) =>
        new(conversation, Now.AddDays(-daysAgo), summary, facts.ToDictionary(fact => fact.Name, fact => fact.Value));

    private static async Task<string> ExportAsync(BuiltInMemory memory, EndUser user)
    {
        var output = new ArrayBufferWriter<byte>();
        await using (var json = new Utf8JsonWriter(output)) await memory.ExportAsync(user, json, Ct);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>All rows of memories, with what they say.</summary>
    private static async Task<string[]> RowsAsync(IStorage storage)
    {
        List<string> rows = [];
        var days = await storage.ListAsync(MemoryRows.Days, null, null, Ct).ToListAsync(Ct);
        rows.AddRange(days.Select(day => $"{day.Partition}/{day.Key}"));
        foreach (var key in new[] { "a1", "b2", "b3" })
        {
            await foreach (var row in storage.ListAsync($"memory.voice.{key}", null, null, Ct)) rows.Add($"{row.Partition}/{row.Key} {string.Join(' ', row.Values.OrderBy(value => value.Key).Select(value => value.Value))}");
        }

        return [.. rows];
    }

    private BuiltInMemory Memory(TemporaryStorage stored) => Memory(stored.Storage);

    private BuiltInMemory Memory(IStorage storage, int days = 30)
    {
        var options = new StorageOptions { Retention = TimeSpan.FromDays(days) };
        return new BuiltInMemory(new Lazy<IStorage>(storage), options, new ExpiredMemories(options, _time, NullLogger<ExpiredMemories>.Instance), _time);
    }
}
