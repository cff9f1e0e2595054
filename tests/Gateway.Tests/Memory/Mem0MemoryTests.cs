using System.Text.Json.Nodes;
using Gateway.Memory;

namespace Gateway.Tests.Memory;

/// <summary>What is Mem0's own.</summary>
public sealed class Mem0MemoryTests : MemoryServiceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Id => $"{Anna.Tenant}.{Anna.Key}";

    private FakeMem0 Mem0 => (FakeMem0)Service;

    private protected override async Task<FakeMemoryService> StartAsync() => await FakeMemoryService.StartAsync<FakeMem0>();

    [Fact]
    public async Task Call_Remembered_IsStoredAsItIs()
    {
        await Memory.RememberAsync(Anna, Call("conv_1", 0, "Hello.", ("language", "de"), ("city", "Bonn")), Token);

        Assert.Equal(["POST /v3/memories/?page=1&page_size=200", "POST /v3/memories/add/", "POST /v3/memories/add/"], Service.Requests);
        Assert.Equal(["language: de", "city: Bonn", "Hello."], Service.Stored);
    }

    [Fact]
    public async Task Fact_Changed_IsReplacedInItsPlace()
    {
        await Memory.RememberAsync(Anna, "language", "de", Token);
        await Memory.RememberAsync(Anna, "language", "fr", Token);

        Assert.Matches("^PUT /v1/memories/[0-9a-f-]{36}/$", Service.Requests[^1]);
        Assert.Equal(["language: fr"], Service.Stored);
    }

    [Fact]
    public async Task Fact_OfALaterCall_StandsWhicheverIsToldLast()
    {
        // Both calls were long before either is told of: what counts is when they were.
        await Memory.RememberAsync(Anna, Call("conv_1", 1, "First.", ("language", "de")), Token);
        await Memory.RememberAsync(Anna, Call("conv_2", 2, "Second.", ("language", "fr")), Token);
        await Memory.RememberAsync(Anna, Call("conv_1", 1, "First.", ("language", "de")), Token);

        Assert.Equal("fr", (await Memory.RecallAsync(Anna, Token)).Facts.Single(fact => fact.Key == "language").Value);
    }

    [Fact]
    public async Task Memories_WrittenByOthers_AreNotesAndNeverFacts()
    {
        Mem0.Add(Id, "language: xx", at: Service.Time.GetUtcNow().AddDays(-1));
        Mem0.Add(Id, "Likes tea.", new JsonObject { ["kind"] = 7, ["conversation_id"] = new JsonArray() });
        Mem0.Add(Id, "Likes rain.", new JsonArray(), Service.Time.GetUtcNow().AddDays(1));

        var known = await Memory.RecallAsync(Anna, Token);

        Assert.Empty(known.Facts);
        Assert.Equal(["2026-11-02: Likes rain.", "2026-11-01: Likes tea.", "2026-10-31: language: xx"], known.Notes);
    }

    [Fact]
    public async Task Calls_Recalled_AreNewestFirst()
    {
        foreach (var day in new[] { 1, 3, 2 }) await Memory.RememberAsync(Anna, Call($"conv_{day}", day, $"Day {day}."), Token);

        Assert.Equal(["2026-10-04: Day 3.", "2026-10-03: Day 2.", "2026-10-02: Day 1."], (await Memory.RecallAsync(Anna, Token)).Notes);
    }

    [Fact]
    public async Task Memories_BeyondAPage_AreSeenAndNotAddedAgain()
    {
        for (var i = 0; i < 450; i++) Mem0.Add(Id, $"Note {i}.");
        var call = Call("conv_1", 0, "Hello.", ("language", "de"));
        foreach (var _ in Enumerable.Range(0, 3)) await Memory.RememberAsync(Anna, call, Token);

        Assert.Equal(["Hello.", "language: de"], Service.Stored.Where(text => !text.StartsWith("Note", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal([new("language", "de")], (await Memory.RecallAsync(Anna, Token)).Facts);
        var export = await ExportAsync(Anna);
        foreach (var text in Service.Stored) Assert.Contains(text, export, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_OfMoreThanIsRead_Fails()
    {
        for (var i = 0; i < 10_001; i++) Mem0.Add(Id, "Note.");

        await Assert.ThrowsAsync<MemoryUnavailableException>(() => ExportAsync(Anna));
    }

    [Fact]
    public async Task Memories_BeyondTheBounds_AreDeletedAndThoseOfOthersKept()
    {
        Mem0.Add(Id, "Likes tea.", at: Service.Time.GetUtcNow().AddYears(-1));
        for (var i = 0; i < 60; i++)
        {
            await Memory.RememberAsync(Anna, Call($"conv_{i}", i, $"Call {i}.", ($"first_{i}", "x"), ($"second_{i}", "y")), Token);
            Service.Time.Advance(TimeSpan.FromDays(1));
        }

        // What the last call has told is added behind it.
        Assert.Equal(Enumerable.Range(60 - Mem0Memory.MostCalls - 1, Mem0Memory.MostCalls + 1).Select(i => $"Call {i}."), Service.Stored.Where(text => text.StartsWith("Call", StringComparison.Ordinal)));
        Assert.Equal(Mem0Memory.MostFacts + 2, Service.Stored.Count(text => text.Contains(": ", StringComparison.Ordinal)));
        Assert.Contains("second_59: y", Service.Stored);
        Assert.Contains("Likes tea.", Service.Stored);
    }

    [Fact]
    public async Task Fact_ThereManyTimes_IsThereOnceInTheEnd()
    {
        for (var i = 0; i < 5; i++) Mem0.Add(Id, $"language: {i}", new JsonObject { ["kind"] = "fact", ["trust"] = "signed" });

        foreach (var _ in Enumerable.Range(0, 3)) await Memory.RememberAsync(Anna, "language", "de", Token);

        Assert.Equal(["language: de"], Service.Stored);
    }

    [Fact]
    public async Task User_Deleted_WithTheirMemories()
    {
        await Memory.DeleteAsync(Anna, Token);

        Assert.Equal([$"DELETE /v1/memories/?user_id={Id}", $"DELETE /v2/entities/user/{Id}/"], Service.Requests);
    }
}
