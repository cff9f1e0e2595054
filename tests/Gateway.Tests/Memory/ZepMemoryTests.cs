using System.Globalization;
using System.Text.Json.Nodes;
using Gateway.Memory;

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
    public async Task Export_OfAFactThatChangedOften_HasEachOfItsValues()
    {
        await ChangeAsync(301);

        var messages = JsonNode.Parse(await ExportAsync(Anna))!["threads"]![0]!["messages"]!.AsArray();

        Assert.Equal(Enumerable.Range(0, 301).Select(static i => string.Create(CultureInfo.InvariantCulture, $"visits: value {i}")), messages.Select(static message => (string)message!["content"]!));
        Assert.Equal([new("visits", "value 300")], (await Memory.RecallAsync(Anna, Token)).Facts);
    }

    [Fact]
    public async Task Export_OfWhichZepDoesNotGiveAll_Fails()
    {
        await ChangeAsync(301);
        ((FakeZep)Service).MostMessages = 300;

        await Assert.ThrowsAsync<MemoryUnavailableException>(() => ExportAsync(Anna));
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

    [Fact]
    public async Task Export_OfAGraphThatDoesNotEnd_Fails()
    {
        await Memory.RememberAsync(Anna, Call("conv_1", 0, null, [.. Enumerable.Range(0, 100).Select(i => ($"fact_{i}", "x"))]), Token);
        ((FakeZep)Service).KnowsCursor = false;

        await Assert.ThrowsAsync<MemoryUnavailableException>(() => ExportAsync(Anna));
    }

    private async Task ChangeAsync(int times)
    {
        for (var i = 0; i < times; i++) await Memory.RememberAsync(Anna, Call(string.Create(CultureInfo.InvariantCulture, $"conv_{i}"), i, null, ("visits", string.Create(CultureInfo.InvariantCulture, $"value {i}"))), Token);
    }
}
