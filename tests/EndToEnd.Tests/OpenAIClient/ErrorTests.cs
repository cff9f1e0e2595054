using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.Logs;
using EndToEnd.Tests.Turns;
using OpenAI.Chat;

namespace EndToEnd.Tests.OpenAIClient;

public sealed class ErrorTests(GatewayHost host)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task WrongKey_Throws401(bool stream)
    {
        var chat = new ChatClient(host.Model, new ApiKeyCredential(host.NewSecret("a wrong key")), host.Options(new ClientRetryPolicy(0)));

        var e = await ThrownAsync(chat, stream, $"Hello, {Marker.Text}.");

        Assert.Equal((401, "invalid_api_key"), (e.Status, Code(e)));
        Assert.True(e.GetRawResponse()!.Headers.TryGetValue("WWW-Authenticate", out var challenge));
        Assert.Equal("Bearer", challenge);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task UnknownModel_ApiCaller_Throws404(bool stream)
    {
        var e = await ThrownAsync(host.Chat(Caller.Api, "no-such/model"), stream, $"Hello, {Marker.Text}.");

        Assert.Equal((404, "model_not_found"), (e.Status, Code(e)));
    }

    [Fact]
    public async Task UnknownModel_VoiceCaller_IsAnswered()
    {
        var answer = await host.Chat(Caller.Voice, "no-such/model").CompleteChatAsync([new UserChatMessage($"Hello, {Marker.Text}.")], cancellationToken: TestContext.Current.CancellationToken);

        Assert.NotEmpty(answer.Value.Content[0].Text);
    }

    [Theory]
    [InlineData("""{"status":400,"code":"content_filter"}""", 400, "content_filter")]
    [InlineData("""{"status":400,"code":"context_length_exceeded"}""", 400, "context_length_exceeded")]
    [InlineData("""{"status":401}""", 502, "upstream_misconfigured")]
    [InlineData("""{"status":403}""", 502, "upstream_misconfigured")]
    [InlineData("""{"status":404}""", 502, "upstream_misconfigured")]
    [InlineData("""{"status":408}""", 504, "upstream_timeout")]
    [InlineData("""{"status":429}""", 429, "rate_limit_exceeded")]
    [InlineData("""{"status":500}""", 502, "upstream_error")]
    [InlineData("""{"status":503}""", 502, "upstream_error")]
    [InlineData("""{"fault":"reset"}""", 502, "upstream_unreachable")]
    public async Task UpstreamFails_ApiCaller_ThrowsWithTheFittingStatus(string script, int status, string code)
    {
        host.NeedsEmulator();
        foreach (var stream in (bool[])[true, false])
        {
            var e = await ThrownAsync(host.Chat(Caller.Api), stream, Prompt.Script(script));

            Assert.Equal((status, code), (e.Status, Code(e)));
            // What the emulator says in every error, as real upstreams do.
            Assert.DoesNotContain("emulator", e.GetRawResponse()!.Content.ToString(), StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [InlineData("""{"status":400,"code":"content_filter"}""")]
    [InlineData("""{"status":429}""")]
    [InlineData("""{"fault":"reset"}""")]
    public async Task UpstreamFails_VoiceCaller_IsAnsweredWithSpeech(string script)
    {
        host.NeedsEmulator();

        var answer = await host.Chat(Caller.Voice).CompleteChatAsync([new UserChatMessage(Prompt.Script(script))], cancellationToken: TestContext.Current.CancellationToken);

        Assert.NotEmpty(answer.Value.Content[0].Text);
        Assert.Equal(ChatFinishReason.Stop, answer.Value.FinishReason);
    }

    [Theory]
    [InlineData(1400)]
    [InlineData(7000)]
    public async Task RateLimit_WithItsHeaders_IsHonouredByTheClient(int milliseconds)
    {
        host.NeedsEmulator();
        var retries = new RecordingRetryPolicy();
        var chat = new ChatClient(host.Model, new ApiKeyCredential(host.Key(Caller.Api)), host.Options(retries));

        var e = await ThrownAsync(chat, stream: true, Prompt.Script($$"""{"status":429,"retry_after_ms":{{milliseconds}}}"""));

        Assert.Equal(429, e.Status);
        Assert.True(e.GetRawResponse()!.Headers.TryGetValue("retry-after-ms", out var precise));
        Assert.Equal($"{milliseconds}", precise);
        // In whole seconds, rounded up: of the two headers it reads this one.
        Assert.Equal([TimeSpan.FromSeconds((milliseconds + 999) / 1000)], retries.Delays);
    }

    private static async Task<ClientResultException> ThrownAsync(ChatClient chat, bool stream, string text)
    {
        ChatMessage[] messages = [new UserChatMessage(text)];
        var ct = TestContext.Current.CancellationToken;
        return await Assert.ThrowsAsync<ClientResultException>(async () =>
        {
            if (stream) await chat.CompleteChatStreamingAsync(messages, cancellationToken: ct).ToListAsync(ct);
            else await chat.CompleteChatAsync(messages, cancellationToken: ct);
        });
    }

    private static string? Code(ClientResultException e)
    {
        using var body = JsonDocument.Parse(e.GetRawResponse()!.Content);
        return body.RootElement.GetProperty("error").GetProperty("code").GetString();
    }

    /// <summary>Retries once, at once, and notes how long it would have waited.</summary>
    private sealed class RecordingRetryPolicy() : ClientRetryPolicy(maxRetries: 1)
    {
        public List<TimeSpan> Delays { get; } = [];

        protected override TimeSpan GetNextDelay(PipelineMessage message, int tryCount)
        {
            Delays.Add(base.GetNextDelay(message, tryCount));
            return TimeSpan.Zero;
        }
    }
}
