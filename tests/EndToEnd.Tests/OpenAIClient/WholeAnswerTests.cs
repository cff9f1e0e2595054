using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.Logs;
using EndToEnd.Tests.Turns;
using OpenAI.Chat;

namespace EndToEnd.Tests.OpenAIClient;

public sealed class WholeAnswerTests(GatewayHost host)
{
    [Theory]
    [InlineData(Caller.Voice)]
    [InlineData(Caller.Api)]
    public async Task Whole_Text_ArrivesWithUsage(Caller caller)
    {
        host.NeedsEmulator();

        var answer = await AskAsync(caller, $$"""{"text":"{{Marker.Text}} grüßt 🙂 now"}""");

        Assert.Equal($"{Marker.Text} grüßt 🙂 now", answer.Content[0].Text);
        Assert.Equal(ChatMessageRole.Assistant, answer.Role);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.Equal(4, answer.Usage.OutputTokenCount);
        Assert.NotEmpty(answer.Id);
        Assert.NotEmpty(answer.Model);
    }

    [Theory]
    [InlineData(Caller.Voice)]
    [InlineData(Caller.Api)]
    public async Task Whole_Refusal_IsARefusal(Caller caller)
    {
        host.NeedsEmulator();

        var answer = await AskAsync(caller, $$"""{"refusal":"{{Marker.Text}} is not for me."}""");

        Assert.Equal($"{Marker.Text} is not for me.", answer.Refusal);
        Assert.Empty(answer.Content);
    }

    [Fact]
    public async Task Whole_NoScript_IsAnswered()
    {
        var answer = await host.Chat(Caller.Api).CompleteChatAsync([new UserChatMessage($"Hello, {Marker.Text}!")], cancellationToken: TestContext.Current.CancellationToken);

        Assert.NotEmpty(answer.Value.Content[0].Text);
    }

    private async Task<ChatCompletion> AskAsync(Caller caller, string script) =>
        await host.Chat(caller).CompleteChatAsync([new UserChatMessage(Prompt.Script(script))], cancellationToken: TestContext.Current.CancellationToken);
}
