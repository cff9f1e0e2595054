using System.Text;
using Emulator;
using Gateway.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Gateway.Tests.ChatCompletions;

/// <summary>A turn that is sent again while it is under way, over real sockets: the upstream sees it once.</summary>
public sealed class DuplicateTests : IAsyncLifetime
{
    private readonly TaskCompletionSource _word = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _rest = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private FailoverHost _host = null!;

    /// <summary>The first word comes when the test says so, and the rest when it says so again.</summary>
    public async ValueTask InitializeAsync()
    {
        _host = await FailoverHost.StartAsync("http://127.0.0.1:0", "1.1", ["east", "west"], new() { ["HedgePercent"] = "0" });
        _host.Emulator.ScriptFor = _ => new()
        {
            Deltas = ["One", " two", " three."],
            Gate = (delta, _) => delta switch { 0 => _word.Task, 1 => _rest.Task, _ => Task.CompletedTask },
        };
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Duplicate_OfATurnUnderWay_GetsTheSameAnswerAndTheUpstreamSeesOne()
    {
        _word.SetResult();
        using var first = await BeginAsync();
        // Its response starts with what was relayed so far: it has joined.
        using var second = await BeginAsync();
        _rest.SetResult();

        var (answer, same) = (await ReadAsync(first), await ReadAsync(second));

        Assert.Equal("One two three.", answer.Text);
        Assert.True(answer.IsDone);
        Assert.Equal(answer.Body, same.Body);
        Assert.Equal(answer.HeaderNames, same.HeaderNames);
        Assert.NotEqual(answer.Header("x-request-id"), same.Header("x-request-id"));
        await _host.NextUpstreamRequestAsync();
        Assert.True(_host.NoMoreUpstreamRequests);
        string?[] spoken = [await SpokenAsync(), await SpokenAsync()];
        Assert.Contains("Joined", spoken);
    }

    [Fact]
    public async Task Duplicate_SentBeforeTheFirstWord_GetsTheSameAnswerAndTheUpstreamSeesOne()
    {
        var beginning = BeginAsync();
        await _host.NextUpstreamRequestAsync();
        var again = BeginAsync();
        _word.SetResult();
        using var first = await beginning;
        using var second = await again;
        _rest.SetResult();

        Assert.Equal((await ReadAsync(first)).Body, (await ReadAsync(second)).Body);
        Assert.True(_host.NoMoreUpstreamRequests);
    }

    [Fact]
    public async Task Request_WithoutAConversation_IsATurnOfItsOwn()
    {
        _word.SetResult();
        _rest.SetResult();

        var answers = await Task.WhenAll(_host.SendAsync(AnswerTests.Ask(true)), _host.SendAsync(AnswerTests.Ask(true)));

        Assert.All(answers, answer => Assert.Equal("One two three.", answer.Text));
        await _host.NextUpstreamRequestAsync();
        await _host.NextUpstreamRequestAsync();
        Assert.True(_host.NoMoreUpstreamRequests);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task HangUp_OfOneAfterTheOtherHasJoined_LeavesItAllOfTheAnswer(bool firstHangsUp)
    {
        _word.SetResult();
        using var first = await BeginAsync();
        using var second = await BeginAsync();
        await HangUpAsync(firstHangsUp ? first : second);
        _rest.SetResult();

        var answer = await ReadAsync(firstHangsUp ? second : first);

        Assert.Equal("One two three.", answer.Text);
        Assert.Equal(["stop"], answer.FinishReasons);
        Assert.True(answer.IsDone);
        var upstream = await _host.NextUpstreamRequestAsync();
        await upstream.Completed.WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);
        Assert.False(upstream.Aborted.IsCompleted);
        Assert.True(_host.NoMoreUpstreamRequests);
        string[] outcomes = [await OutcomeAsync(), await OutcomeAsync()];
        Assert.Equal(["Completed", "Interrupted"], outcomes.Order());
    }

    [Fact]
    public async Task HangUp_OfBoth_GivesTheUpstreamUp()
    {
        _host.Emulator.ScriptFor = _ => new()
        {
            Deltas = ["One", " two", " three."],
            Gate = (delta, _) => delta == 1 ? _rest.Task : Task.CompletedTask,
            Fault = EmulatorFault.Stall,
            After = 2,
        };
        using var first = await BeginAsync();
        using var second = await BeginAsync();
        var upstream = await _host.NextUpstreamRequestAsync();
        await HangUpAsync(first);
        // What the upstream says only now still comes.
        _rest.SetResult();
        await ReadUntilAsync(second, " two");
        Assert.False(upstream.Aborted.IsCompleted);

        await HangUpAsync(second);

        await upstream.Aborted.WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task HangUp_BeforeTheFirstWordAndSentAgain_IsAnsweredByTheSameCall()
    {
        await HangUpBeforeTheFirstWordAsync();
        var upstream = await _host.NextUpstreamRequestAsync();
        _host.Pass(TimeSpan.FromMilliseconds(990));
        var (again, body) = (new DefaultHttpContext(), new MemoryStream());
        again.Request.Headers.Authorization = "Bearer " + GatewayHost.VoiceKey;
        again.Request.Headers[Conversation.Header] = "conv_1";
        again.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(AnswerTests.Ask(true)));
        again.Response.Body = body;
        // Not over a socket: it has joined by the time that this has returned. The word may come no sooner, because nobody would be there to hear it.
        var second = _host.Services.GetRequiredService<ChatCompletionsHandler>().HandleAsync(again, TestContext.Current.CancellationToken);
        _host.Pass(TimeSpan.FromSeconds(1));
        _word.SetResult();
        _rest.SetResult();
        await second.WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);

        Assert.Equal("One two three.", new Answer(new HttpResponseMessage(), Encoding.UTF8.GetString(body.ToArray())).Text);
        Assert.False(upstream.Aborted.IsCompleted);
        Assert.True(_host.NoMoreUpstreamRequests);
    }

    [Fact]
    public async Task HangUp_BeforeTheFirstWordAndNotSentAgain_GivesTheUpstreamUpAfterASecond()
    {
        _host.Emulator.ScriptFor = _ => new() { Text = "One two three.", Fault = EmulatorFault.Stall, After = 0 };
        await HangUpBeforeTheFirstWordAsync();
        var upstream = await _host.NextUpstreamRequestAsync();

        // That it is not given up before shows where the turn is sent again.
        _host.Pass(TimeSpan.FromSeconds(1));

        await upstream.Aborted.WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);
        Assert.Equal("Interrupted", await OutcomeAsync());
    }

    private Task<HttpResponseMessage> BeginAsync() => BeginUntilAsync(TestContext.Current.CancellationToken);

    private async Task<HttpResponseMessage> BeginUntilAsync(CancellationToken hangUp)
    {
        using var request = GatewayHost.Turn(AnswerTests.Ask(true));
        request.Headers.Add(Conversation.Header, "conv_1");
        return await _host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, hangUp);
    }

    /// <summary>Reads an answer on until it says this.</summary>
    private static async Task ReadUntilAsync(HttpResponseMessage response, string word)
    {
        var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var bytes = new byte[4096];
        for (var seen = ""; !seen.Contains(word, StringComparison.Ordinal);)
        {
            var count = await stream.ReadAsync(bytes, TestContext.Current.CancellationToken).AsTask().WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);
            Assert.NotEqual(0, count);
            seen += Encoding.UTF8.GetString(bytes, 0, count);
        }
    }

    private static async Task<Answer> ReadAsync(HttpResponseMessage response) => new(response, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

    /// <summary>Hangs up in the middle of an answer. Cancelling a read closes the connection at once; disposing of the response would read on for a while.</summary>
    private async Task HangUpAsync(HttpResponseMessage response)
    {
        using var hangUp = new CancellationTokenSource();
        var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var reading = stream.CopyToAsync(Stream.Null, hangUp.Token);
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        await _host.HangUps.NextAsync();
    }

    private async Task HangUpBeforeTheFirstWordAsync()
    {
        using var hangUp = new CancellationTokenSource();
        var first = BeginUntilAsync(hangUp.Token);
        await _host.Emulator.Requests.WaitToReadAsync(TestContext.Current.CancellationToken);
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await _host.HangUps.NextAsync();
    }

    private async Task<string> OutcomeAsync() => (await _host.Log.NextTurnAsync()).Values["Outcome"]!.ToString()!;

    private async Task<string?> SpokenAsync() => (await _host.Log.NextTurnAsync()).Values.GetValueOrDefault("Spoken")?.ToString();
}
