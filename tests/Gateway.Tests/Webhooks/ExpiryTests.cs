using System.Collections.Concurrent;
using System.Net;
using Azure.Storage.Blobs.Specialized;
using Gateway.EndUsers;
using Gateway.Memory;
using Gateway.Tests.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.Webhooks;

/// <summary>What is kept of a call is deleted when its time is up, by the events that come then.</summary>
public sealed class ExpiryTests(Azurite azurite)
{
    private const long Day = 86_400;

    public static TheoryData<StoragePlace> Places => [StoragePlace.Azurite, StoragePlace.Folder];

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Call_PastItsTime_IsGoneWithTheNextEventToTheLastRow(StoragePlace place)
    {
        await using var host = await WebhookHost.StartAsync(azurite, place);
        await host.SendAsync(Events.Transcription());
        await host.SendAsync(Events.Audio(StoredEventTests.Recording(3000)));
        await host.SendAsync(Events.Failure());
        await host.SendAsync(Events.Transcription("conv_2", timestamp: Events.Timestamp + Day));

        host.Time.Advance(TimeSpan.FromDays(30));
        await host.SendAsync(Events.Transcription("conv_3", timestamp: Events.Timestamp + (30 * Day)));
        Assert.Equal(3, (await ConversationsAsync(host)).Length);

        // The end of 23 December, by their days: conv_1 is past it, conv_2 is not.
        host.Time.Advance(TimeSpan.FromDays(1));
        await host.SendAsync(Events.Transcription("conv_4", timestamp: Events.Timestamp + (31 * Day)));

        Assert.Equal(["conv_2", "conv_3", "conv_4"], await ConversationsAsync(host));
        Assert.DoesNotContain(await host.ContentsAsync(), name => name.Contains("conv_1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Memory_OfACallerWhoHasNoneAnyMore_IsGoneWithTheNextEvent()
    {
        await using var host = await WebhookHost.StartAsync(azurite, StoragePlace.Folder);
        await host.Gateway.Services.GetRequiredService<BuiltInMemory>().RememberAsync(new EndUser("voice", "a1", EndUserTrust.Signed), "name", "Anna", TestContext.Current.CancellationToken);
        host.Time.Advance(TimeSpan.FromDays(32));

        await host.SendAsync(Events.Transcription("conv_1", timestamp: Events.Timestamp + (32 * Day)));

        Assert.DoesNotContain(await host.ContentsAsync(), name => name.Contains("memory", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Calls_ManyPastTheirTime_AreDeletedTenWithEachEvent(StoragePlace place)
    {
        await using var host = await WebhookHost.StartAsync(azurite, place);
        for (var number = 10; number < 35; number++) await host.SendAsync(Events.Transcription($"conv_{number}"));
        host.Time.Advance(TimeSpan.FromDays(90));

        List<int> left = [];
        for (var number = 1; number <= 4; number++)
        {
            await host.SendAsync(Events.Transcription($"conv_new{number}", timestamp: Events.Timestamp + (90 * Day)));
            left.Add((await ConversationsAsync(host)).Count(name => !name.StartsWith("conv_new", StringComparison.Ordinal)));
        }

        Assert.Equal([15, 5, 0, 0], left);
        Assert.DoesNotContain(await host.ContentsAsync(), name => name.Contains("2026-11-22", StringComparison.Ordinal) || name.Contains("2026/11/22", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(12)]
    public async Task Calls_ThatTheAccountHoldsFast_DoNotKeepThoseBehindThem(int held)
    {
        await using var host = await WebhookHost.StartAsync(azurite);
        var names = Enumerable.Range(10, held + 5).Select(number => $"conv_{number}").ToArray();
        foreach (var name in names) await host.SendAsync(Events.Transcription(name));
        // As a legal hold does, which has no end by itself either.
        var leases = new Dictionary<string, BlobLeaseClient>();
        foreach (var name in names.Take(held)) leases[name] = await host.LeaseAsync($"agent_1/2026/11/22/{name}.json");
        host.Time.Advance(TimeSpan.FromDays(90));

        await host.SendAsync(Events.Transcription("conv_new1", timestamp: Events.Timestamp + (90 * Day)));

        Assert.Equal(names.Take(held).Append("conv_new1"), await ConversationsAsync(host));
        Assert.Contains("412", Assert.Single(host.Gateway.Log.Records, IsNotSwept).Values["Reason"]!.ToString(), StringComparison.Ordinal);

        // On the next day they are tried again.
        foreach (var lease in leases.Values) await lease.ReleaseAsync(cancellationToken: TestContext.Current.CancellationToken);
        host.Time.Advance(TimeSpan.FromDays(1));
        for (var number = 2; number <= 3; number++) await host.SendAsync(Events.Transcription($"conv_new{number}", timestamp: Events.Timestamp + (91 * Day)));

        Assert.Equal(["conv_new1", "conv_new2", "conv_new3"], await ConversationsAsync(host));
        Assert.DoesNotContain(await host.ContentsAsync(), name => name.Contains("2026-11-22", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Calls_AllHeldFast_AreLookedAtOnceADayAndABoundedNumberWithEachEvent()
    {
        using var account = new FailingAccount();
        await using var host = await WebhookHost.StartAsync(await azurite.ConnectionStringAsync(), services: services => services.AddKeyedSingleton<HttpMessageHandler>(GatewayServices.AzureHttp, account));
        for (var number = 10; number < 65; number++) await host.SendAsync(Events.Transcription($"conv_{number}"));
        host.Time.Advance(TimeSpan.FromDays(90));
        account.Fails = static request => IsPurge(request) ? HttpStatusCode.Conflict : null;

        List<int> looked = [];
        for (var number = 1; number <= 3; number++)
        {
            await host.SendAsync(Events.Transcription($"conv_new{number}", timestamp: Events.Timestamp + (90 * Day)));
            looked.Add(account.Failed.Count);
        }

        Assert.Equal([50, 55, 55], looked);
        Assert.Equal(55, account.Failed.Distinct().Count());
    }

    [Fact]
    public async Task Storage_AwayDuringTheDeletion_EndsItAtOnceAndTheNextGoesOnBehind()
    {
        using var account = new FailingAccount();
        await using var host = await WebhookHost.StartAsync(await azurite.ConnectionStringAsync(), services: services => services.AddKeyedSingleton<HttpMessageHandler>(GatewayServices.AzureHttp, account));
        for (var number = 10; number < 15; number++) await host.SendAsync(Events.Transcription($"conv_{number}"));
        host.Time.Advance(TimeSpan.FromDays(90));
        account.Fails = static request => IsPurge(request) ? HttpStatusCode.ServiceUnavailable : null;

        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(Events.Transcription("conv_new1", timestamp: Events.Timestamp + (90 * Day)))).Status);

        // The tries of one call alone.
        Assert.Equal(3, account.Failed.Count);
        Assert.Single(host.Gateway.Log.Records, IsNotSwept);

        // It may have been that call, and not the storage.
        account.Fails = static request => IsPurge(request) && request.RequestUri!.Query.Contains("conv_10", StringComparison.Ordinal) ? HttpStatusCode.InternalServerError : null;
        await host.SendAsync(Events.Transcription("conv_new2", timestamp: Events.Timestamp + (90 * Day)));
        Assert.Equal(["conv_10", "conv_new1", "conv_new2"], await ConversationsAsync(host));
        Assert.Equal(3, account.Failed.Count);

        account.Fails = static _ => null;
        host.Time.Advance(TimeSpan.FromDays(1));
        await host.SendAsync(Events.Transcription("conv_new3", timestamp: Events.Timestamp + (91 * Day)));
        Assert.Equal(["conv_new1", "conv_new2", "conv_new3"], await ConversationsAsync(host));
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Call_KeptForAsLongAsConfigured_IsDeletedThen(StoragePlace place)
    {
        await using var host = await WebhookHost.StartAsync(azurite, place, new() { ["Storage:Retention"] = "1.00:00:00", ["Webhooks:KeepTranscripts"] = "false" });
        await host.SendAsync(Events.Transcription());
        host.Time.Advance(TimeSpan.FromDays(2));

        await host.SendAsync(Events.Audio(StoredEventTests.Recording(3000), "conv_2", Events.Timestamp + (2 * Day)));

        Assert.Equal(
            ["blobs/agent_1/2026/11/24/conv_2.mp3", "index/agent.agent_1/2026-11-24.conv_2.json", "index/call.conv_2/post_call_audio.json", "index/day/2026-11-24.conv_2.post_call_audio.json"],
            await host.ContentsAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(253_402_300_000)]
    public async Task Event_OfATimeThatCannotBe_IsFiledUnderToday(long timestamp)
    {
        await using var host = await WebhookHost.StartAsync(azurite, StoragePlace.Folder);

        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(Events.Transcription(timestamp: timestamp).Replace($"{timestamp - 60}", "0", StringComparison.Ordinal))).Status);

        Assert.Contains("blobs/agent_1/2026/11/22/conv_1.json", await host.ContentsAsync());
    }

    private static bool IsNotSwept(LogRecord record) => record.Event.Id == 303;

    // What a call's blobs are looked for with, before they are deleted.
    private static bool IsPurge(HttpRequestMessage request) => request.RequestUri!.Query.Contains("comp=list", StringComparison.Ordinal);

    private static async Task<string[]> ConversationsAsync(WebhookHost host) =>
        [.. (await host.ContentsAsync()).Where(name => name.StartsWith("blobs/", StringComparison.Ordinal)).Select(name => Path.GetFileName(name).Split('.')[0]).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Azurite, but for some requests that fail.</summary>
    private sealed class FailingAccount() : DelegatingHandler(new SocketsHttpHandler { UseProxy = false })
    {
        /// <summary>Which fail, and by what.</summary>
        public Func<HttpRequestMessage, HttpStatusCode?> Fails { get; set; } = static _ => null;

        /// <summary>Those that have failed.</summary>
        public ConcurrentQueue<string> Failed { get; } = [];

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (Fails(request) is not { } status) return base.SendAsync(request, cancellationToken);
            Failed.Enqueue(request.RequestUri!.PathAndQuery);
            return Task.FromResult(new HttpResponseMessage(status) { Content = new ByteArrayContent([]) });
        }
    }
}
