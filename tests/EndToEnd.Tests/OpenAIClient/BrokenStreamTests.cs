using System.ClientModel;
using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.Logs;
using EndToEnd.Tests.Turns;
using OpenAI.Chat;

namespace EndToEnd.Tests.OpenAIClient;

public sealed class BrokenStreamTests(GatewayHost host)
{
    /// <summary>
    /// This client (2.15.0) takes an error frame for an update without anything, and does not miss <c>[DONE]</c>: what it can tell by is the
    /// finish reason, which a cut answer must not have. The clients for JavaScript throw.
    /// </summary>
    [Theory]
    [InlineData(Caller.Voice, "error")]
    [InlineData(Caller.Voice, "cut")]
    [InlineData(Caller.Voice, "cut_reset")]
    [InlineData(Caller.Voice, "reset")]
    [InlineData(Caller.Voice, "garbage")]
    [InlineData(Caller.Voice, "no_end")]
    [InlineData(Caller.Api, "error")]
    [InlineData(Caller.Api, "cut")]
    [InlineData(Caller.Api, "cut_reset")]
    [InlineData(Caller.Api, "reset")]
    [InlineData(Caller.Api, "garbage")]
    [InlineData(Caller.Api, "no_end")]
    public async Task Stream_BrokenAfterItsFirstToken_NeverFinishes(Caller caller, string fault)
    {
        host.NeedsEmulator();

        var updates = await StreamAsync(caller, $$"""{"text":"{{Marker.Text}} and so on","fault":"{{fault}}","after":1}""");

        Assert.Equal(Marker.Text, string.Concat(updates.SelectMany(static update => update.ContentUpdate).Select(static part => part.Text)));
        Assert.DoesNotContain(updates, static update => update.FinishReason is not null);
        Assert.DoesNotContain(updates, static update => update.Usage is not null);
    }

    [Theory]
    [InlineData(Caller.Voice, "error")]
    [InlineData(Caller.Voice, "cut")]
    [InlineData(Caller.Voice, "cut_reset")]
    [InlineData(Caller.Voice, "preamble_only")]
    [InlineData(Caller.Api, "error")]
    [InlineData(Caller.Api, "cut")]
    [InlineData(Caller.Api, "cut_reset")]
    [InlineData(Caller.Api, "preamble_only")]
    public async Task Stream_BrokenBeforeItsFirstToken_Throws502(Caller caller, string fault)
    {
        host.NeedsEmulator();

        var e = await Assert.ThrowsAsync<ClientResultException>(() => StreamAsync(caller, $$"""{"text":"{{Marker.Text}}","fault":"{{fault}}","after":0}"""));

        Assert.Equal(502, e.Status);
        Assert.DoesNotContain("emulator", e.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(Caller.Voice, "no_done")]
    [InlineData(Caller.Voice, "no_finish")]
    [InlineData(Caller.Api, "no_done")]
    [InlineData(Caller.Api, "no_finish")]
    public async Task Stream_WithoutItsFormalEnd_IsMadeWhole(Caller caller, string fault)
    {
        host.NeedsEmulator();

        var updates = await StreamAsync(caller, $$"""{"text":"{{Marker.Text}} is all","fault":"{{fault}}"}""");

        Assert.Equal(ChatFinishReason.Stop, Assert.Single(updates, static update => update.FinishReason is not null).FinishReason);
    }

    [Fact]
    public async Task Whole_Cut_Throws502()
    {
        host.NeedsEmulator();

        var e = await Assert.ThrowsAsync<ClientResultException>(() => host.Chat(Caller.Api).CompleteChatAsync(
            [new UserChatMessage(Prompt.Script($$"""{"text":"{{Marker.Text}}","fault":"cut"}"""))], cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(502, e.Status);
    }

    private async Task<List<StreamingChatCompletionUpdate>> StreamAsync(Caller caller, string script) => await host.Chat(caller)
        .CompleteChatStreamingAsync([new UserChatMessage(Prompt.Script(script))], cancellationToken: TestContext.Current.CancellationToken)
        .ToListAsync(TestContext.Current.CancellationToken);
}
