using System.Globalization;
namespace Gateway.Tests.Memory;

/// <summary>What is Zep's own.</summary>
public sealed class ZepMemoryTests : MemoryServiceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Id => $"{Anna.Tenant}.{Anna.Key}";

    private protected override async Task<FakeMemoryService> StartAsync() => await FakeMemoryService.StartAsync<FakeZep>();

    [Fact]
    public async Task Export_OfManyFactsAndCalls_HasThemAll()
    {
        for (var call = 0; call < 3; call++)
            await Memory.RememberAsync(Anna, Call($"conv_{call}", call, $"Summary {call}.", [.. Enumerable.Range(0, 70).Select(i => ($"fact_{call}_{i}", $"value {call}/{i}"))]), Token);

        var export = await ExportAsync(Anna);

        for (var call = 0; call < 3; call++)
        {
            Assert.Contains($"Summary {call}.", export, StringComparison.Ordinal);
            for (var i = 0; i < 70; i++) Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"fact_{call}_{i}: value {call}/{i}"), export, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Call_FirstOfAUser_MakesThemAndAThreadOfItsOwn()
    {
        await Memory.RememberAsync(Anna, Call("conv_1", 0, "Hello."), Token);

        Assert.Equal(
            [$"GET /api/v2/threads/{Id}.conv_1/messages?lastn=1", "POST /api/v2/users", "POST /api/v2/threads", $"POST /api/v2/threads/{Id}.conv_1/messages"],
            Service.Requests);
        Assert.Equal([$"{Id}.conv_1"], ((FakeZep)Service).Threads);
    }

    [Fact]
    public async Task User_Deleted_IsOneRequest()
    {
        await Memory.DeleteAsync(Anna, Token);

        Assert.Equal([$"DELETE /api/v2/users/{Id}"], Service.Requests);
    }

    [Fact]
    public async Task Recall_OfSomebodyKnown_HasTheLinesOfZepsContextBlockAsNotes()
    {
        await Memory.RememberAsync(Anna, Call("conv_1", 0, "They asked for a room."), Token);
        await Memory.RememberAsync(Anna, "language", "de", Token);

        Assert.Equal(["They asked for a room.", "language: de"], (await Memory.RecallAsync(Anna, Token)).Notes);
    }

    [Fact]
    public async Task Export_OfALargeGraph_TakesAllItsPages()
    {
        for (var call = 0; call < 2; call++) await Memory.RememberAsync(Anna, Call($"conv_{call}", call, null, [.. Enumerable.Range(0, 60).Select(i => ($"fact_{call}_{i}", "x"))]), Token);
        var before = Service.Requests.Count;

        await ExportAsync(Anna);

        Assert.Equal(2, Service.Requests.Skip(before).Count(request => request == $"POST /api/v2/graph/edge/user/{Id}"));
    }
}
