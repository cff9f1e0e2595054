using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.Logs;
using EndToEnd.Tests.Turns;
using OpenAI.Chat;

namespace EndToEnd.Tests.OpenAIClient;

public sealed class StreamingTests(GatewayHost host)
{
    [Theory]
    [InlineData(Caller.Voice)]
    [InlineData(Caller.Api)]
    public async Task Stream_Text_ArrivesInPiecesAndEndsWithStop(Caller caller)
    {
        host.NeedsEmulator();
        const string Said = $"{Marker.Text} grüßt, über Größen: 🙂 done.";

        var updates = await StreamAsync(caller, $$"""{"text":"{{Said}}"}""");

        Assert.Equal(Said, Text(updates));
        Assert.True(updates.Count(static update => update.ContentUpdate.Count > 0) > 3);
        Assert.Equal(ChatMessageRole.Assistant, updates[0].Role);
        Assert.Equal(ChatFinishReason.Stop, Assert.Single(updates, static update => update.FinishReason is not null).FinishReason);
        Assert.StartsWith("chatcmpl-", Assert.Single(updates.Select(static update => update.CompletionId).Distinct()), StringComparison.Ordinal);
        Assert.NotEmpty(Assert.Single(updates.Select(static update => update.Model).Distinct()));
    }

    [Theory]
    [InlineData(Caller.Voice)]
    [InlineData(Caller.Api)]
    public async Task Stream_ByDefault_EndsWithUsage(Caller caller)
    {
        host.NeedsEmulator();

        // This client always asks for usage.
        var updates = await StreamAsync(caller, $$"""{"text":"{{Marker.Text}} one two three"}""");

        var usage = Assert.Single(updates, static update => update.Usage is not null).Usage;
        Assert.Equal(4, usage.OutputTokenCount);
        Assert.True(usage.InputTokenCount > 0);
        Assert.Equal(usage.InputTokenCount + usage.OutputTokenCount, usage.TotalTokenCount);
        Assert.Empty(updates[^1].ContentUpdate);
    }

    [Theory]
    [InlineData(Caller.Voice)]
    [InlineData(Caller.Api)]
    public async Task Stream_Refusal_IsARefusalAndNoContent(Caller caller)
    {
        host.NeedsEmulator();

        var updates = await StreamAsync(caller, $$"""{"refusal":"{{Marker.Text}} is not for me."}""");

        Assert.Equal($"{Marker.Text} is not for me.", string.Concat(updates.Select(static update => update.RefusalUpdate)));
        Assert.Equal("", Text(updates));
    }

    [Theory]
    [InlineData(Caller.Voice)]
    [InlineData(Caller.Api)]
    public async Task Stream_CutByTheLengthLimit_SaysLength(Caller caller)
    {
        host.NeedsEmulator();

        var updates = await StreamAsync(caller, $$"""{"text":"{{Marker.Text}} and so","finish_reason":"length"}""");

        Assert.Equal(ChatFinishReason.Length, Assert.Single(updates, static update => update.FinishReason is not null).FinishReason);
    }

    [Theory]
    [InlineData(Caller.Voice)]
    [InlineData(Caller.Api)]
    public async Task Stream_CutByTheFilter_SaysContentFilter(Caller caller)
    {
        host.NeedsEmulator();

        var updates = await StreamAsync(caller, $$"""{"text":"{{Marker.Text}} and so on","fault":"content_filter","after":2}""");

        Assert.Equal($"{Marker.Text} and", Text(updates));
        Assert.Equal(ChatFinishReason.ContentFilter, Assert.Single(updates, static update => update.FinishReason is not null).FinishReason);
    }

    [Theory]
    [InlineData(Caller.Voice)]
    [InlineData(Caller.Api)]
    public async Task Stream_AsynchronousFilter_IsNotSeen(Caller caller)
    {
        host.NeedsEmulator();

        // Azure's verdicts come as choices without a delta, which this client does not survive.
        var updates = await StreamAsync(caller, $$"""{"text":"{{Marker.Text}}","chunks":40,"async_filter":true}""");

        Assert.Equal(40, updates.Count(static update => update.ContentUpdate.Count > 0 && update.ContentUpdate[0].Text.Length > 0));
    }

    [Theory]
    [InlineData(Caller.Voice)]
    [InlineData(Caller.Api)]
    public async Task Stream_OptionsThatTheModelRefuses_IsAnswered(Caller caller)
    {
        host.NeedsEmulator();
        var options = new ChatCompletionOptions { Temperature = 0.2f, TopP = 0.5f, IncludeLogProbabilities = true, TopLogProbabilityCount = 1, MaxOutputTokenCount = 50 };

        var updates = await StreamAsync(caller, $$"""{"text":"{{Marker.Text}} one two"}""", options);

        Assert.Equal($"{Marker.Text} one two", Text(updates));
    }

    private async Task<List<StreamingChatCompletionUpdate>> StreamAsync(Caller caller, string script, ChatCompletionOptions? options = null) => await host.Chat(caller)
        .CompleteChatStreamingAsync([new UserChatMessage(Prompt.Script(script))], options, TestContext.Current.CancellationToken)
        .ToListAsync(TestContext.Current.CancellationToken);

    private static string Text(IEnumerable<StreamingChatCompletionUpdate> updates) => string.Concat(updates.SelectMany(static update => update.ContentUpdate).Select(static part => part.Text));
}
