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
    [InlineData("error")]
    [InlineData("cut")]
    [InlineData("cut_reset")]
    [InlineData("reset")]
    [InlineData("garbage")]
    [InlineData("no_end")]
    public async Task Stream_BrokenAfterItsFirstToken_NeverFinishes(string fault)
    {
        host.NeedsEmulator();

        var updates = await StreamAsync(Caller.Api, Broken(fault));

        Assert.StartsWith(Marker.Text, Text(updates), StringComparison.Ordinal);
        Assert.DoesNotContain(updates, static update => update.FinishReason is not null);
        Assert.DoesNotContain(updates, static update => update.Usage is not null);
    }

    [Theory]
    [InlineData("error")]
    [InlineData("cut_reset")]
    [InlineData("garbage")]
    public async Task Stream_BrokenAfterItsFirstToken_EndsWellForAVoiceCaller(string fault)
    {
        host.NeedsEmulator();

        var updates = await StreamAsync(Caller.Voice, Broken(fault));

        Assert.StartsWith(Marker.Text, Text(updates), StringComparison.Ordinal);
        Assert.EndsWith("Shall I go on?", Text(updates), StringComparison.Ordinal);
        Assert.Equal(ChatFinishReason.Stop, Assert.Single(updates, static update => update.FinishReason is not null).FinishReason);
    }

    [Theory]
    [InlineData("error")]
    [InlineData("cut")]
    [InlineData("cut_reset")]
    [InlineData("preamble_only")]
    public async Task Stream_BrokenBeforeItsFirstToken_IsSpeechForAVoiceCaller(string fault)
    {
        host.NeedsEmulator();

        var updates = await StreamAsync(Caller.Voice, $$"""{"text":"{{Marker.Text}}","fault":"{{fault}}","after":0}""");

        Assert.NotEmpty(Text(updates));
        Assert.DoesNotContain(Marker.Text, Text(updates), StringComparison.Ordinal);
        Assert.Equal(ChatFinishReason.Stop, Assert.Single(updates, static update => update.FinishReason is not null).FinishReason);
    }

    [Theory]
    [InlineData("error")]
    [InlineData("cut")]
    [InlineData("cut_reset")]
    [InlineData("preamble_only")]
    public async Task Stream_BrokenBeforeItsFirstToken_Throws502(string fault)
    {
        host.NeedsEmulator();

        var e = await Assert.ThrowsAsync<ClientResultException>(() => StreamAsync(Caller.Api, $$"""{"text":"{{Marker.Text}}","fault":"{{fault}}","after":0}"""));

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

    // The second word comes late, so that the first has been passed on when the stream breaks.
    private static string Broken(string fault) => $$"""{"text":"{{Marker.Text}} and so on","token_ms":200,"fault":"{{fault}}","after":2}""";

    private static string Text(IEnumerable<StreamingChatCompletionUpdate> updates) =>
        string.Concat(updates.SelectMany(static update => update.ContentUpdate).Select(static part => part.Text));

    private async Task<List<StreamingChatCompletionUpdate>> StreamAsync(Caller caller, string script) => await host.Chat(caller)
        .CompleteChatStreamingAsync([new UserChatMessage(Prompt.Script(script))], cancellationToken: TestContext.Current.CancellationToken)
        .ToListAsync(TestContext.Current.CancellationToken);
}
