using System.ClientModel;
using System.ClientModel.Primitives;
using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.Logs;
using EndToEnd.Tests.Turns;
using OpenAI.Chat;

namespace EndToEnd.Tests.OpenAIClient;

public sealed class CancellationTests(GatewayHost host)
{
    private const string Endless = $$"""{"text":"{{Marker.Text}}","chunks":100000,"token_ms":20}""";

    [Theory]
    [InlineData(Caller.Voice)]
    [InlineData(Caller.Api)]
    public async Task Stream_CancelledInTheMiddle_LeavesTheServerHealthy(Caller caller)
    {
        host.NeedsEmulator();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var update in host.Chat(caller).CompleteChatStreamingAsync([new UserChatMessage(Prompt.Script(Endless))], cancellationToken: cancel.Token))
            {
                if (update.ContentUpdate.Count > 0) await cancel.CancelAsync();
            }
        });

        await AssertHealthyAsync(caller);
    }

    [Fact]
    public async Task Stream_LeftInTheMiddle_EndsTheTurnAsInterrupted()
    {
        host.NeedsEmulator();
        var server = host.OwnServer();
        var conversation = $"conv-{Guid.NewGuid():N}";
        var options = host.Options(new ClientRetryPolicy(0));
        options.AddPolicy(new ConversationPolicy(conversation), PipelinePosition.PerCall);
        var chat = new ChatClient(host.Model, new ApiKeyCredential(host.Key(Caller.Voice)), options);

        await foreach (var update in chat.CompleteChatStreamingAsync([new UserChatMessage(Prompt.Script(Endless))], cancellationToken: TestContext.Current.CancellationToken))
        {
            if (update.ContentUpdate.Count > 0) break;
        }

        var line = await server.LineAsync(line => line.Contains(conversation, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Assert.Contains("Turn Interrupted", line, StringComparison.Ordinal);
        await AssertHealthyAsync(Caller.Voice);
    }

    private async Task AssertHealthyAsync(Caller caller)
    {
        var answer = await host.Chat(caller).CompleteChatAsync([new UserChatMessage($"Hello, {Marker.Text}.")], cancellationToken: TestContext.Current.CancellationToken);
        Assert.NotEmpty(answer.Value.Content[0].Text);
        using var http = new GatewayHttp(host.BaseAddress, host.Key(caller));
        Assert.Equal(200, (await http.GetAsync("health/ready", TestContext.Current.CancellationToken)).Status);
    }

    /// <summary>Names the conversation, as ElevenLabs does by a header.</summary>
    private sealed class ConversationPolicy(string id) : PipelinePolicy
    {
        public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            message.Request.Headers.Set("x-conversation-id", id);
            ProcessNext(message, pipeline, currentIndex);
        }

        public override ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            message.Request.Headers.Set("x-conversation-id", id);
            return ProcessNextAsync(message, pipeline, currentIndex);
        }
    }
}
