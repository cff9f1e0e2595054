using Gateway.Memory;
using Simulation;

namespace Gateway.Tests.Memory;

/// <summary>What a caller's memory does to their turns, and what it may cost: the budget, once.</summary>
public sealed class MemoryTurnTests
{
    private static readonly Recollection Known = new([new("preferred_name", "Zoë"), new("address", "Hauptstraße 1")], ["2026-11-02: Asked for cheese.", "2026-10-01: Called."]);

    private static readonly TaskCompletionSource<Recollection> Never = new();

    [Fact]
    public async Task Turn_OfSomebodyKnown_HasTheNotesAtTheEndOfThePrompt()
    {
        await using var turns = await MemoryTurns.StartAsync(new ScriptedMemory(Known), new() { ["Callers:0:SystemSuffix"] = "Short sentences." });

        var (added, _, memory) = await turns.RunAsync(turns.Token());

        Assert.StartsWith("\n\nShort sentences.\n\n<earlier_calls>\n", added, StringComparison.Ordinal);
        Assert.EndsWith("\npreferred_name: Zoë\naddress: Hauptstraße 1\n2026-11-02: Asked for cheese.\n2026-10-01: Called.\n</earlier_calls>", added, StringComparison.Ordinal);
        Assert.Equal("Found", memory);
    }

    [Fact]
    public async Task Turns_OfAConversation_AskOnceAndSendTheSameBytes()
    {
        var memory = new ScriptedMemory((asked, _) => Task.FromResult(new Recollection([], [$"Answer {asked}."])));
        await using var turns = await MemoryTurns.StartAsync(memory);
        foreach (var _ in Enumerable.Range(0, 3)) await turns.RunAsync(turns.Token());

        Assert.Equal(1, memory.Asked);
        Assert.Single(turns.Gateway.Upstream.Calls.Select(call => call.Body).Distinct());

        Assert.Contains("Answer 1.", (await turns.RunAsync(turns.Token(), "conv_2")).Added, StringComparison.Ordinal);
        Assert.Contains("Answer 2.", (await turns.RunAsync(turns.Token("user-2"), "conv_2")).Added, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Turn_WithATokenInTheExtraBody_IsKnownAsWell()
    {
        await using var turns = await MemoryTurns.StartAsync(new ScriptedMemory(Known));

        Assert.Equal("Found", (await turns.RunAsync(token: null, extraBody: $$"""{"end_user":"{{turns.Token()}}"}""")).Memory);
        Assert.Equal("Found", (await turns.RunAsync(token: "", "conv_2", extraBody: $$"""{"end_user":"{{turns.Token()}}"}""")).Memory);
        Assert.Equal("Found", (await turns.RunAsync(turns.Token(), conversation: null, extraBody: """{"conversation_id":"conv_3","end_user":7}""")).Memory);
        Assert.DoesNotContain("elevenlabs_extra_body", turns.Gateway.Upstream.Calls[^1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Turn_OfANumberAlone_RecallsLowRiskFactsOnly()
    {
        await using var turns = await MemoryTurns.StartAsync(new ScriptedMemory(Known));

        var (added, _, memory) = await turns.RunAsync(turns.PhoneToken());

        Assert.EndsWith("\npreferred_name: Zoë\n</earlier_calls>", added, StringComparison.Ordinal);
        Assert.DoesNotContain("cheese", added, StringComparison.Ordinal);
        Assert.Equal("Found", memory);
    }

    [Theory]
    [InlineData("forged", "wrong_signature")]
    [InlineData("expired", "expired")]
    [InlineData("of another tenant", "wrong_audience")]
    [InlineData("unsigned", "wrong_signature")]
    [InlineData("an id", "malformed")]
    public async Task Turn_WithATokenThatCountsForNothing_RecallsNothing(string kind, string problem)
    {
        var memory = new ScriptedMemory(Known);
        await using var turns = await MemoryTurns.StartAsync(memory);
        var token = kind switch
        {
            "forged" => turns.Token(secret: "another secret of 32 characters!"),
            "expired" => turns.Token(expiresInSeconds: -120),
            "of another tenant" => turns.Token(aud: "api"),
            "unsigned" => turns.Token()[..(turns.Token().LastIndexOf('.') + 1)],
            _ => "user-1",
        };

        // A right one in the extra body does not mend it.
        var (added, began, outcome) = await turns.RunAsync(token, extraBody: $$"""{"end_user":"{{turns.Token()}}"}""");

        Assert.Equal(("", 0, "InvalidToken", 0), (added, began, outcome, memory.Asked));
        Assert.Equal(problem, turns.Log.Records.Single(record => record.Event.Id == 401).Values["Problem"]);
        Assert.DoesNotContain(turns.Log.Records, record => record.Message.Contains(token, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Turns_OfTwoCallersWithTheSameUser_AskEachOfTheirOwn()
    {
        var memory = new ScriptedMemory(Known);
        await using var turns = await MemoryTurns.StartAsync(memory);

        await turns.RunAsync(turns.Token());
        var api = await turns.RunAsync(turns.Token(aud: "api"), key: SimulatedGateway.ApiKey);

        // The same conversation and id: what was recalled for the one is not the other's.
        Assert.Equal(2, memory.Asked);
        Assert.Equal("Found", api.Memory);
        Assert.Equal("InvalidToken", (await turns.RunAsync(turns.Token(), key: SimulatedGateway.ApiKey)).Memory);
    }

    [Fact]
    public async Task Turn_WithoutAnEndUserOrOfACallerWithoutMemory_AsksNobody()
    {
        var memory = new ScriptedMemory(Known);
        await using var turns = await MemoryTurns.StartAsync(memory, new() { ["Callers:1:Memory:Provider"] = "None" });

        Assert.Equal(("", 0, "NoEndUser"), await turns.RunAsync(token: null));
        Assert.Equal(("", 0, "-"), await turns.RunAsync(turns.Token(aud: "api"), key: SimulatedGateway.ApiKey));
        Assert.Equal(0, memory.Asked);
    }

    [Fact]
    public async Task Turn_OfAnotherEndUserInTheSameConversation_DoesNotJoin()
    {
        await using var turns = await MemoryTurns.StartAsync(new ScriptedMemory(Known));
        var (first, again, other, nobody) = (turns.Begin(turns.Token()), turns.Begin(turns.Token(expiresInSeconds: 7200)), turns.Begin(turns.Token("user-2")), turns.Begin(token: null));
        foreach (var turn in new[] { first, again, other, nobody }) await turns.Gateway.FinishAsync(turn);

        // The one that was sent again, under a newer token of the same end user, has joined.
        Assert.Equal(3, turns.Gateway.Upstream.Calls.Count);
    }

    [Fact]
    public async Task Turn_OfSomebodyUnknown_HasNothingAdded()
    {
        await using var turns = await MemoryTurns.StartAsync(new ScriptedMemory(Recollection.Nothing));

        Assert.Equal(("", 0, "None"), await turns.RunAsync(turns.Token()));
    }

    [Fact]
    public async Task Recalls_AreCounted_ByWhatTheyGave()
    {
        var memory = new ScriptedMemory((asked, _) => asked switch
        {
            0 => Task.FromResult(Known),
            1 => Task.FromResult(Recollection.Nothing),
            2 => Never.Task,
            _ => Task.FromException<Recollection>(new MemoryUnavailableException("Memory: away")),
        });
        await using var turns = await MemoryTurns.StartAsync(memory, new() { ["Callers:1:Memory:Provider"] = "None" });
        using var metrics = new RecordedMeter(turns.Gateway.Services, MemoryMetrics.MeterName);

        foreach (var conversation in new[] { "conv_1", "conv_2", "conv_3", "conv_4" }) await turns.EndAsync(turns.Begin(turns.Token(), conversation));
        await turns.RunAsync(token: null);
        await turns.RunAsync(turns.Token(aud: "api"));
        await turns.RunAsync(turns.Token(aud: "api"), key: SimulatedGateway.ApiKey);

        Assert.Equal(["recalls found", "recalls none", "recalls late", "recalls failed", "recalls no_end_user", "recalls invalid_token"], metrics.Counts);
    }

    [Fact]
    public async Task Memory_ThatHangs_CostsOneTurnTheBudgetAndNoOtherAnything()
    {
        await using var turns = await MemoryTurns.StartAsync(new ScriptedMemory((_, _) => Never.Task));

        Assert.Equal(("", 150, "Late"), await turns.EndAsync(turns.Begin(turns.Token())));
        Assert.Equal(("", 0, "Late"), await turns.EndAsync(turns.Begin(turns.Token())));
        Assert.Equal(("", 0, "Late"), await turns.EndAsync(turns.Begin(turns.Token(), "conv_2")));
    }

    [Fact]
    public async Task Memory_WithAnotherBudget_IsWaitedForSoLong()
    {
        await using var turns = await MemoryTurns.StartAsync(new ScriptedMemory((_, _) => Never.Task), new() { ["Callers:0:Memory:Budget"] = "00:00:00.4" });

        Assert.Equal(("", 400, "Late"), await turns.EndAsync(turns.Begin(turns.Token())));
    }

    [Fact]
    public async Task Memory_InTime_IsWaitedForAndNoLonger()
    {
        MemoryTurns? turns = null;
        var memory = new ScriptedMemory((_, ct) => AfterAsync(turns!.Time, 20, ct));
        await using (turns = await MemoryTurns.StartAsync(memory))
        {
            var turn = turns.Begin(turns.Token());

            var (added, began, outcome) = await turns.EndAsync(turn);

            Assert.NotEmpty(added);
            Assert.Equal((20, "Found"), (began, outcome));
            Assert.Equal((added, 0, "Found"), await turns.EndAsync(turns.Begin(turns.Token())));
        }
    }

    [Fact]
    public async Task Memory_ThatComesTooLate_IsThereFromTheNextTurnOn()
    {
        MemoryTurns? turns = null;
        var memory = new ScriptedMemory((_, ct) => AfterAsync(turns!.Time, 200, ct));
        await using (turns = await MemoryTurns.StartAsync(memory))
        {
            var first = turns.Begin(turns.Token());
            Assert.Equal(("", 150, "Late"), await turns.EndAsync(first));

            var second = await turns.EndAsync(turns.Begin(turns.Token()));
            Assert.Equal((0, "Found"), (second.BeganMs, second.Memory));
            Assert.Contains("cheese", second.Added, StringComparison.Ordinal);

            // As long as it is slow, it is asked and not waited for.
            var other = turns.Begin(turns.Token(), "conv_2");
            Assert.Equal(("", 0, "Late"), await turns.EndAsync(other));
            turns.Gateway.Pass(200);
            Assert.Equal("Found", (await turns.EndAsync(turns.Begin(turns.Token(), "conv_2"))).Memory);
            Assert.Equal(2, memory.Asked);
        }
    }

    [Fact]
    public async Task Memory_ThatFails_IsLeftAloneForAWhile()
    {
        var memory = new ScriptedMemory((asked, _) => asked == 0 ? Task.FromException<Recollection>(new MemoryUnavailableException("Storage: failing (HTTP 500)")) : Task.FromResult(Known));
        await using var turns = await MemoryTurns.StartAsync(memory);

        Assert.Equal("Failed", (await turns.RunAsync(turns.Token())).Memory);
        Assert.Equal(("", 0, "Failed"), await turns.RunAsync(turns.Token()));
        Assert.Equal(("", 0, "Failed"), await turns.RunAsync(turns.Token(), "conv_2"));
        Assert.Equal(1, memory.Asked);
        Assert.Contains("Storage: failing (HTTP 500)", turns.Log.Records.Single(record => record.Event.Id == 400).Message, StringComparison.Ordinal);

        turns.Gateway.Time.Advance(ConversationRecalls.Pause);
        Assert.Equal("Found", (await turns.RunAsync(turns.Token())).Memory);
    }

    [Fact]
    public async Task Memory_WithAFaultOfItsOwn_DoesNotFailTheTurn()
    {
        await using var turns = await MemoryTurns.StartAsync(new ScriptedMemory((_, _) => throw new InvalidOperationException("user-1 said")));

        Assert.Equal("Failed", (await turns.RunAsync(turns.Token())).Memory);
        Assert.DoesNotContain(turns.Log.Records, record => record.Message.Contains("user-1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Turns_AtTheSameTime_ShareOneRecall()
    {
        var answer = new TaskCompletionSource<Recollection>();
        var memory = new ScriptedMemory((_, _) => answer.Task);
        await using var turns = await MemoryTurns.StartAsync(memory);
        var first = turns.Begin(turns.Token(), extraBody: """{"n":1}""");
        var second = turns.Begin(turns.Token(), extraBody: """{"n":2}""");

        answer.SetResult(Known);

        Assert.Equal("Found", (await turns.EndAsync(first)).Memory);
        Assert.Equal("Found", (await turns.EndAsync(second)).Memory);
        Assert.Equal(1, memory.Asked);
    }

    private static async Task<Recollection> AfterAsync(TimeProvider time, int milliseconds, CancellationToken cancellationToken)
    {
        await SimulatedDelay.WaitAsync(time, TimeSpan.FromMilliseconds(milliseconds), cancellationToken);
        return Known;
    }
}
