using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.EndUsers;
using Gateway.Memory;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Memory;

/// <summary>What both services have to do, over the wire.</summary>
public abstract class MemoryServiceTests : IAsyncLifetime
{
    private static readonly DateTimeOffset First = new(2026, 10, 1, 9, 0, 0, TimeSpan.Zero);

    private IMemory _memory = null!;

    private protected FakeMemoryService Service { get; private set; } = null!;

    private protected IMemory Memory => _memory;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        Service = await StartAsync();
        _memory = Service.Memory();
    }

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return Service.DisposeAsync();
    }

    private protected abstract Task<FakeMemoryService> StartAsync();

    private protected static EndUser Anna => FakeMemoryService.User();

    private protected static CallNotes Call(string id, int day, string? summary, params (string Name, string Value)[] facts) =>
        new(id, First.AddDays(day), summary, facts.ToDictionary(fact => fact.Name, fact => fact.Value));

    [Fact]
    public async Task User_NobodyKnows_IsNothing() => Assert.True((await _memory.RecallAsync(Anna, Token)).IsEmpty);

    [Fact]
    public async Task Call_Remembered_IsRecalledUntilItIsDeleted()
    {
        await _memory.RememberAsync(Anna, Call("conv_1", 0, "They asked for the opening hours.", ("language", "de"), ("preferred_name", "Änne 👋")), Token);

        var known = await _memory.RecallAsync(Anna, Token);
        Assert.Equal([new("language", "de"), new("preferred_name", "Änne 👋")], known.Facts.OrderBy(fact => fact.Key));
        Assert.Contains(known.Notes, note => note.EndsWith("They asked for the opening hours.", StringComparison.Ordinal));

        await _memory.DeleteAsync(Anna, Token);
        Assert.True((await _memory.RecallAsync(Anna, Token)).IsEmpty);
    }

    [Fact]
    public async Task Call_RememberedTwice_IsThereOnce()
    {
        var call = Call("conv_1", 0, "They asked for the opening hours.", ("language", "de"));
        await _memory.RememberAsync(Anna, call, Token);
        await _memory.RememberAsync(Anna, call, Token);

        Assert.Equal(["They asked for the opening hours.", "language: de"], Service.Stored.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Call_FailedHalfWay_IsRememberedOnceByTheNextTry()
    {
        var call = Call("conv_1", 0, "They asked for the opening hours.", ("language", "de"));
        for (var failing = 0; ; failing++)
        {
            await _memory.DeleteAsync(Anna, Token);
            Service.FailAt = failing;
            var failure = await Record.ExceptionAsync(() => _memory.RememberAsync(Anna, call, Token));
            Service.FailAt = null;
            if (failure is null)
            {
                Assert.InRange(failing, 3, 10);
                return;
            }

            Assert.IsType<MemoryUnavailableException>(failure);
            await _memory.RememberAsync(Anna, call, Token);
            Assert.Equal(["They asked for the opening hours.", "language: de"], Service.Stored.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task Facts_OfALaterCall_ReplaceOlderOnesAndNotTheOtherWayRound()
    {
        await _memory.RememberAsync(Anna, Call("conv_1", 0, "First.", ("language", "de"), ("city", "Bonn")), Token);
        await _memory.RememberAsync(Anna, "language", "fr", Token);
        await _memory.RememberAsync(Anna, Call("conv_0", -3, "Before.", ("language", "it")), Token);

        var known = await _memory.RecallAsync(Anna, Token);

        Assert.Equal("fr", Assert.Single(known.Facts, fact => fact.Key == "language").Value);
        Assert.Equal("Bonn", Assert.Single(known.Facts, fact => fact.Key == "city").Value);
        Assert.Equal("language", known.Facts[0].Key);
    }

    [Fact]
    public async Task Fact_RememberedAgain_HasItsLastValueAndGrowsNothing()
    {
        foreach (var name in new[] { "Anna", "Anne" }) await _memory.RememberAsync(Anna, "preferred_name", name, Token);
        var stored = Service.Stored;
        await _memory.RememberAsync(Anna, "preferred_name", "Anne", Token);

        Assert.Equal(stored, Service.Stored);
        Assert.Equal([new("preferred_name", "Anne")], (await _memory.RecallAsync(Anna, Token)).Facts);
    }

    [Fact]
    public async Task Fact_ThatCameSigned_StandsBeforeWhatANumberBroughtIn()
    {
        var byNumber = FakeMemoryService.User(trust: EndUserTrust.Phone);
        await _memory.RememberAsync(byNumber, "language", "it", Token);
        await _memory.RememberAsync(byNumber, "preferred_name", "Nonna", Token);
        await _memory.RememberAsync(Anna, "language", "de", Token);
        Service.Time.Advance(TimeSpan.FromHours(1));
        await _memory.RememberAsync(byNumber, "language", "fr", Token);

        foreach (var user in new[] { Anna, byNumber })
            Assert.Equal([new("language", "de"), new("preferred_name", "Nonna")], (await _memory.RecallAsync(user, Token)).Facts.OrderBy(fact => fact.Key));
    }

    [Fact]
    public async Task Fact_InOtherCapitals_IsTheSame()
    {
        var byNumber = FakeMemoryService.User(trust: EndUserTrust.Phone);
        (EndUser User, string Name, string Value)[] told =
        [
            (Anna, "preferred_name", "Anna"), (byNumber, "Preferred_Name", "Master"),
            // The third is what the first was, and news all the same.
            (Anna, "Size", "38"), (Anna, "size", "40"), (Anna, "Size", "38"),
        ];
        foreach (var (user, name, value) in told)
        {
            await _memory.RememberAsync(user, name, value, Token);
            Service.Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal([new("Size", "38"), new("preferred_name", "Anna")], (await _memory.RecallAsync(Anna, Token)).Facts);
    }

    [Fact]
    public async Task Fact_OfWordsWithAColonOrLines_ComesBackAsItWas()
    {
        const string Value = "Mon: 9-5\n\"Tue\": closed";

        await _memory.RememberAsync(Anna, "hours", Value, Token);

        Assert.Equal(Value, Assert.Single((await _memory.RecallAsync(Anna, Token)).Facts).Value);
    }

    [Fact]
    public async Task Users_OfAnotherTenantOrKey_NeverMix()
    {
        EndUser[] others = [FakeMemoryService.User("shop-2"), FakeMemoryService.User("shop", "b2"), FakeMemoryService.User("Shop")];
        await _memory.RememberAsync(Anna, Call("conv_1", 0, "A secret.", ("language", "de")), Token);

        foreach (var other in others)
        {
            Assert.True((await _memory.RecallAsync(other, Token)).IsEmpty);
            await _memory.DeleteAsync(other, Token);
        }

        Assert.False((await _memory.RecallAsync(Anna, Token)).IsEmpty);
    }

    [Fact]
    public async Task Ids_OnTheWire_AreTheTenantAndTheHmac()
    {
        await _memory.RememberAsync(Anna, Call("conv_1", 0, "Hello."), Token);
        await _memory.RecallAsync(Anna, Token);

        Assert.Contains($"{Anna.Tenant}.{Anna.Key}", await ExportAsync(Anna), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConversationId_WithPathCharacters_StaysOneId()
    {
        await _memory.RememberAsync(Anna, Call("../x/../../y?a=b#c%2F", 0, "Hello."), Token);

        Assert.Equal(["Hello."], Service.Stored);
        await _memory.RememberAsync(Anna, Call("../x/../../y?a=b#c%2F", 0, "Hello."), Token);
        Assert.Equal(["Hello."], Service.Stored);
    }

    [Fact]
    public async Task Summary_TooLongForTheService_IsCutBetweenCharacters()
    {
        await _memory.RememberAsync(Anna, Call("conv_1", 0, 'x' + string.Concat(Enumerable.Repeat("👋", 3000)), ("note", new string('y', 5000))), Token);

        Assert.Contains(Service.Stored, text => text.Length is > 3900 and <= 4000 && text.StartsWith("x👋", StringComparison.Ordinal));
        Assert.Contains(Service.Stored, text => text.Length is > 1900 and <= 2100 && text.StartsWith("note: y", StringComparison.Ordinal));
        Assert.DoesNotContain(Service.Stored, text => text.Contains('\uFFFD', StringComparison.Ordinal));
    }

    [Fact]
    public async Task CallWithNothingInIt_Remembered_MakesNobody()
    {
        await _memory.RememberAsync(Anna, Call("conv_1", 0, summary: null), Token);

        Assert.Empty(Service.Stored);
        Assert.DoesNotContain(Service.Requests, request => request.StartsWith("POST /api", StringComparison.Ordinal) || request.StartsWith("POST /v3/memories/add", StringComparison.Ordinal));
    }

    [Fact]
    public async Task User_NobodyKnows_IsDeletedWithoutAnError() => await _memory.DeleteAsync(Anna, Token);

    public static TheoryData<string, string> Failures => new()
    {
        { "429", "failing (HTTP 429)" },
        { "500", "failing (HTTP 500)" },
        { "503", "failing (HTTP 503)" },
        { "302", "failing (HTTP 302)" },
        { "422", "failing (HTTP 422)" },
        { "not json", "the answer could not be read" },
        { "[1]", "the answer could not be read" },
        { """{"messages":7,"results":7}""", "the answer could not be read" },
        { "", "the answer could not be read" },
        { "too large", "the answer is too large" },
        { "cut", "cannot be reached" },
        { "away", "cannot be reached" },
        { "silent", "no answer in time" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Service_Failing_IsUnavailableAndNamesNobody(string fault, string reason)
    {
        var memory = fault == "away" ? Service.Memory(new Uri("http://127.0.0.1:1")) : _memory;
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Service.Fault = context =>
        {
            arrived.TrySetResult();
            return FailAsync(context, fault);
        };

        var recalled = memory.RecallAsync(Anna, Token);
        if (fault == "silent")
        {
            await arrived.Task.WaitAsync(TestTimeouts.Default, Token);
            Service.Time.Advance(TimeSpan.FromSeconds(11));
        }

        var failure = await Assert.ThrowsAsync<MemoryUnavailableException>(() => recalled.WaitAsync(TestTimeouts.Default, Token));
        Assert.EndsWith(": " + reason, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.1", failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Anna.Key, failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Service.Log.Records, record => record.Event.Id >= 300);
    }

    [Fact]
    public async Task Key_Refused_IsSaidOnceByTheSecretsName_AndWhenItIsAcceptedAgain()
    {
        Service.AcceptedKey = "another";
        for (var i = 0; i < 3; i++) Assert.Contains("is refused", (await Assert.ThrowsAsync<MemoryUnavailableException>(() => _memory.RecallAsync(Anna, Token))).Message, StringComparison.Ordinal);

        Service.AcceptedKey = FakeMemoryService.Key;
        await _memory.RecallAsync(Anna, Token);
        await _memory.RecallAsync(Anna, Token);

        var lines = Service.Log.Records.Where(record => record.Event.Id is 340 or 341).ToList();
        Assert.Equal([340, 341], lines.Select(line => line.Event.Id));
        Assert.All(lines, line => Assert.EndsWith("-key", (string)line.Values["Name"]!, StringComparison.Ordinal));
        Assert.DoesNotContain(Service.Log.Records, record => record.Message.Contains(FakeMemoryService.Key, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Caller_WhoGivesUp_IsCancelled()
    {
        using var hangUp = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Service.Fault = async context =>
        {
            await hangUp.CancelAsync();
            await new TaskCompletionSource().Task.WaitAsync(context.RequestAborted);
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _memory.RecallAsync(Anna, hangUp.Token));
    }

    [Fact]
    public async Task Export_OfSomebodyUnknown_IsOneJsonValue()
    {
        var json = JsonElement.Parse(await ExportAsync(Anna));

        Assert.True(json.ValueKind == JsonValueKind.Null || json.GetArrayLength() == 0);
    }

    private protected async Task<string> ExportAsync(EndUser user)
    {
        var buffer = new ArrayBufferWriter<byte>();
        await using (var json = new Utf8JsonWriter(buffer)) await _memory.ExportAsync(user, json, Token);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static async Task FailAsync(HttpContext context, string fault)
    {
        var response = context.Response;
        switch (fault)
        {
            case "too large":
                await response.Body.WriteAsync(new byte[(4 * 1024 * 1024) + 1], context.RequestAborted);
                break;
            case "cut":
                response.ContentLength = 100;
                await response.WriteAsync("{", context.RequestAborted);
                await response.Body.FlushAsync(context.RequestAborted);
                context.Abort();
                break;
            case "silent":
                await new TaskCompletionSource().Task.WaitAsync(context.RequestAborted);
                break;
            case { Length: 3 } when int.TryParse(fault, CultureInfo.InvariantCulture, out var status):
                response.StatusCode = status;
                response.Headers.Location = "/elsewhere";
                await response.WriteAsync("""{"message":"no"}""", context.RequestAborted);
                break;
            default:
                await response.WriteAsync(fault, context.RequestAborted);
                break;
        }
    }
}
