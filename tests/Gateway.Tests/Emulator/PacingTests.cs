using System.Net.ServerSentEvents;
using System.Threading.Channels;
using Emulator;

namespace Gateway.Tests.Emulator;

public sealed class PacingTests : EmulatorTest
{
    private readonly SteppedTime _time = new();

    protected override EmulatorOptions Options => new() { TimeProvider = _time };

    [Fact]
    public async Task Delays_Scripted_ComeInTheirPlaces()
    {
        var sent = PostAsync(Scripted("""{"text":"a b c","headers_ms":300,"first_token_ms":200,"token_ms":50}"""));

        Assert.Equal(300, await _time.StepAsync(Ct).WaitAsync(Timeout, Ct));
        using var response = await sent.WaitAsync(Timeout, Ct);
        var frames = SseParser.Create(await response.Content.ReadAsStreamAsync(Ct)).EnumerateAsync(Ct).GetAsyncEnumerator(Ct);
        Assert.Contains("prompt_filter_results", await NextAsync(), StringComparison.Ordinal);
        Assert.Contains("\"role\"", await NextAsync(), StringComparison.Ordinal);
        Assert.Equal(200, await _time.StepAsync(Ct).WaitAsync(Timeout, Ct));
        Assert.Contains("\"a\"", await NextAsync(), StringComparison.Ordinal);
        Assert.Equal(50, await _time.StepAsync(Ct).WaitAsync(Timeout, Ct));
        Assert.Contains("\" b\"", await NextAsync(), StringComparison.Ordinal);
        Assert.Equal(50, await _time.StepAsync(Ct).WaitAsync(Timeout, Ct));
        Assert.Contains("\" c\"", await NextAsync(), StringComparison.Ordinal);
        Assert.Contains("\"stop\"", await NextAsync(), StringComparison.Ordinal);
        Assert.Equal("[DONE]", await NextAsync());

        async Task<string> NextAsync() => await frames.MoveNextAsync().AsTask().WaitAsync(Timeout, Ct) ? frames.Current.Data : "";
    }

    [Fact]
    public async Task Completion_WithDelays_TakesTheirSum()
    {
        var sent = BodyAsync(Scripted("""{"text":"a b c","first_token_ms":200,"token_ms":50}""", more: ""));

        Assert.Equal(300, await _time.StepAsync(Ct).WaitAsync(Timeout, Ct));
        await sent.WaitAsync(Timeout, Ct);
    }

    [Fact]
    public async Task Stall_ForSomeTime_FillsInSteps()
    {
        var sent = FramesAsync(Scripted("""{"text":"a b","fault":"stall","after":1,"stall_ms":2500,"stall_fill":"comments"}"""));

        Assert.Equal(1000, await _time.StepAsync(Ct).WaitAsync(Timeout, Ct));
        Assert.Equal(1000, await _time.StepAsync(Ct).WaitAsync(Timeout, Ct));
        Assert.Equal(500, await _time.StepAsync(Ct).WaitAsync(Timeout, Ct));
        Assert.Equal(3, (await sent.WaitAsync(Timeout, Ct)).Count(frame => frame == ": keep-alive"));
    }

    [Fact]
    public async Task Stall_WithComments_SendsThemAndWaits()
    {
        var sent = FramesAsync(Scripted("""{"text":"a b","fault":"stall","after":1,"stall_ms":50,"stall_every_ms":10,"stall_fill":"comments"}"""));
        for (var step = 0; step < 5; step++) Assert.Equal(10, await _time.StepAsync(Ct).WaitAsync(Timeout, Ct));

        var frames = await sent.WaitAsync(Timeout, Ct);
        Assert.Equal(5, frames.Count(frame => frame == ": keep-alive"));
        Assert.Equal("a", Said(frames[..(frames.IndexOf(": keep-alive"))])[^1]);
    }

    [Fact]
    public async Task Stall_WithDeltas_SendsEmptyOnes()
    {
        var sent = FramesAsync(Scripted("""{"text":"a b","fault":"stall","after":0,"stall_ms":50,"stall_every_ms":10,"stall_fill":"deltas"}"""));
        for (var step = 0; step < 5; step++) Assert.Equal(10, await _time.StepAsync(Ct).WaitAsync(Timeout, Ct));

        var frames = await sent.WaitAsync(Timeout, Ct);
        Assert.Equal(5, Said(frames).Count(text => text.Length == 0));
        Assert.Equal("a b", string.Concat(Said(frames)));
    }

    [Fact]
    public async Task Fault_BeforeTheFirstDelta_ComesWhenItWasDue()
    {
        var sent = FramesAsync(Scripted("""{"text":"a","fault":"error","first_token_ms":1500}"""));

        Assert.Equal(1500, await _time.StepAsync(Ct).WaitAsync(Timeout, Ct));
        Assert.Contains("server_error", (await sent.WaitAsync(Timeout, Ct))[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gate_InProcess_HoldsEveryDelta()
    {
        var reached = Channel.CreateUnbounded<int>();
        var open = Channel.CreateUnbounded<bool>();
        Azure.Script = new()
        {
            Text = "a b",
            Gate = async (n, ct) =>
            {
                await reached.Writer.WriteAsync(n, ct);
                await open.Reader.ReadAsync(ct);
            },
        };

        var sent = FramesAsync(Ask("Hi"));
        foreach (var expected in (int[])[-1, 0, 1])
        {
            Assert.Equal(expected, await reached.Reader.ReadAsync(Ct).AsTask().WaitAsync(Timeout, Ct));
            Assert.False(sent.IsCompleted);
            await open.Writer.WriteAsync(true, Ct);
        }

        Assert.Equal(["a", " b"], Said(await sent.WaitAsync(Timeout, Ct)));
    }

    [Fact]
    public async Task Journal_Times_AreOnTheEmulatorsClock()
    {
        var sent = BodyAsync(Scripted("""{"text":"a b","first_token_ms":200,"token_ms":50}"""));
        var request = await Azure.Requests.ReadAsync(Ct).AsTask().WaitAsync(Timeout, Ct);
        await _time.StepAsync(Ct).WaitAsync(Timeout, Ct);
        await _time.StepAsync(Ct).WaitAsync(Timeout, Ct);
        await sent.WaitAsync(Timeout, Ct);

        Assert.Equal(TimeSpan.Zero, await request.FirstByte.WaitAsync(Timeout, Ct) - request.Started);
        Assert.Equal(TimeSpan.FromMilliseconds(250), await request.Completed.WaitAsync(Timeout, Ct) - request.Started);
    }
}
