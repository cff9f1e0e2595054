using System.Net;
using System.Text;
using Gateway.Tests.Storage;
using Gateway.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Webhooks;

/// <summary>A 200 is a promise: what it was given for is there, whatever happened to the storage meanwhile.</summary>
public sealed class OutageTests
{
    private const int Webhooks = 1000;
    private const int AtOnce = 16;
    private const int Refused = 100;

    [Fact]
    public async Task Storage_EndedAndStartedAgainUnderAThousandWebhooks_LosesNoneThatWasAnswered200()
    {
        await using var azurite = await RestartableAzurite.StartAsync();
        await using var host = await WebhookHost.StartAsync(azurite.ConnectionString);
        using var metrics = new RecordedMeter(host.Gateway.Services, WebhookMetrics.MeterName);
        var answers = new HttpStatusCode[Webhooks];
        var (answered, refused) = (0, 0);
        var (aThird, enough, back) = (Signal(), Signal(), Signal());

        var sending = Parallel.ForAsync(0, Webhooks, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = TestContext.Current.CancellationToken }, async (number, ct) =>
        {
            answers[number] = (await host.SendAsync(Body(number))).Status;
            if (Interlocked.Increment(ref answered) == Webhooks / 3) aThird.SetResult();
            if (answers[number] != HttpStatusCode.ServiceUnavailable) return;
            var so = Interlocked.Increment(ref refused);
            if (so == Refused) enough.SetResult();
            // However long its start takes.
            if (so >= Refused) await back.Task.WaitAsync(ct);
        });
        await Task.WhenAny(aThird.Task, sending);
        await azurite.EndAsync();
        await Task.WhenAny(enough.Task, sending);
        await azurite.RunAsync();
        back.SetResult();
        await sending;

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable], answers.Distinct().Order());
        // Each of the other senders had one more under way.
        Assert.InRange(refused, Refused, Refused + AtOnce - 1);
        Assert.Equal(refused, metrics.Counts.Count(line => line == "events post_call_transcription unavailable storage_unavailable"));
        await AssertStoredAsync(host, [.. Enumerable.Range(0, Webhooks).Where(number => answers[number] == HttpStatusCode.OK)]);

        // ElevenLabs' next try. Of one whose storing alone went unanswered it is a replay: it is there already.
        foreach (var number in Enumerable.Range(0, Webhooks).Where(number => answers[number] != HttpStatusCode.OK))
            Assert.True((await host.SendAsync(Body(number))).Status is HttpStatusCode.OK or HttpStatusCode.Conflict);
        await AssertStoredAsync(host, [.. Enumerable.Range(0, Webhooks)]);
    }

    [Fact]
    public async Task Storage_AwayInTheMiddleOfARecording_Is503AndTellsForgersNothing()
    {
        await using var azurite = await RestartableAzurite.StartAsync();
        await using var host = await WebhookHost.StartAsync(azurite.ConnectionString);
        using var metrics = new RecordedMeter(host.Gateway.Services, WebhookMetrics.MeterName);
        var recording = StoredEventTests.Recording(3_000_000);
        var body = Events.Audio(recording);
        await host.SendAsync(Events.Transcription());
        await azurite.EndAsync();

        var right = await host.SendAsync(body);
        var forged = await host.SendAsync(body, host.Sign("x"u8));
        await azurite.RunAsync();
        var again = await host.SendAsync(body);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "storage_unavailable", "30"), (right.Status, right.ErrorCode, right.Header("Retry-After")));
        Assert.Equal((HttpStatusCode.Forbidden, "invalid_signature"), (forged.Status, forged.ErrorCode));
        Assert.Equal(HttpStatusCode.OK, again.Status);
        Assert.Equal(recording, await host.ReadAsync("agent_1/2026/11/22/conv_1.mp3"));
        Assert.Equal(
            ["events post_call_transcription stored -", "events post_call_audio unavailable storage_unavailable", "events none rejected invalid_signature", "events post_call_audio stored -"],
            metrics.Counts);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Storage_ThatDoesNotAnswer_Is503AndLeavesOneLineAndOneCount(bool isRecording)
    {
        using var account = new Unanswering();
        await using var host = await WebhookHost.StartAsync(Unanswering.ConnectionString, services: services => services.AddKeyedSingleton<HttpMessageHandler>(GatewayServices.AzureHttp, account));
        using var metrics = new RecordedMeter(host.Gateway.Services, WebhookMetrics.MeterName);

        // Of a recording, blocks are staged before the whole of it has come.
        var answer = isRecording ? await host.SendAsync(Events.Audio(StoredEventTests.Recording(3_000_000))) : await host.SendAsync(Events.Transcription());

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "storage_unavailable", "30"), (answer.Status, answer.ErrorCode, answer.Header("Retry-After")));
        Assert.Equal([$"events post_call_{(isRecording ? "audio" : "transcription")} unavailable storage_unavailable"], metrics.Counts);
        var line = Assert.Single(host.Gateway.Log.Records, static record => record.Event.Id == 300);
        Assert.Equal((WebhookOutcome.Unavailable, 503), (line.Values["Outcome"], line.Values["Status"]));
        Assert.Equal("Storage: no answer in time", Assert.Single(host.Gateway.Log.Records, static record => record.Event.Id == 301).Values["Reason"]);
        Assert.DoesNotContain(host.Gateway.Log.Records, static record => record.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task Folder_ThatCannotBeWritten_Is503()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "file");
        await File.WriteAllTextAsync(file, "", TestContext.Current.CancellationToken);
        await using var host = await WebhookHost.StartAsync(connectionString: null, new() { ["Storage:Folder"] = Path.Combine(file, "below") });

        var answer = await host.SendAsync(Events.Transcription());

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "storage_unavailable"), (answer.Status, answer.ErrorCode));
    }

    private static string Body(int number) => Events.Transcription($"conv_{number}", message: $"This is call {number}.");

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static async Task AssertStoredAsync(WebhookHost host, int[] numbers)
    {
        Assert.NotEmpty(numbers);
        var contents = (await host.ContentsAsync()).ToHashSet();
        foreach (var number in numbers)
        {
            Assert.Contains($"index/call.conv_{number}/post_call_transcription.json", contents);
            Assert.Contains($"index/day/2026-11-22.conv_{number}.post_call_transcription.json", contents);
            Assert.Equal(Body(number), Encoding.UTF8.GetString(await host.ReadAsync($"agent_1/2026/11/22/conv_{number}.json")));
        }
    }

    /// <summary>An account whose every request ends as one does whose time is up, without the time.</summary>
    private sealed class Unanswering : HttpMessageHandler
    {
        public const string ConnectionString = "DefaultEndpointsProtocol=https;AccountName=stcalls;AccountKey=a2V5;EndpointSuffix=core.windows.net";

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromException<HttpResponseMessage>(new TaskCanceledException("The operation was cancelled because it exceeded the configured timeout."));
    }
}
