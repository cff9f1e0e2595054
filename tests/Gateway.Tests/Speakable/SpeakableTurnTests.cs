using System.Text.Json;

namespace Gateway.Tests.Speakable;

/// <summary>Whole turns of two callers, of whom only the voice caller's answers are made speakable.</summary>
public sealed class SpeakableTurnTests : IAsyncLifetime
{
    private const string Text = "**Yes**, see [our site](https://a.example) or `call`.";

    private GatewayHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await GatewayHost.StartAsync(new() { ["Callers:0:Speakable"] = "true", ["Callers:0:AnswerWithRequestedModel"] = "true" });
        _host.Emulator.Script = new() { Text = Text };
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(GatewayHost.VoiceKey, "Yes, see our site or call.")]
    [InlineData(GatewayHost.ApiKey, Text)]
    public async Task Turn_Streamed_IsSpokenWhereTheCallerIsConfiguredSo(string key, string expected)
    {
        var answer = await _host.SendAsync("""{"stream":true,"messages":[{"role":"user","content":"Hi"}]}""", key);

        Assert.Equal(expected, answer.Text);
        Assert.Equal(["stop"], answer.FinishReasons);
        Assert.True(answer.IsDone);
    }

    [Theory]
    [InlineData(GatewayHost.VoiceKey, "Yes, see our site or call.")]
    [InlineData(GatewayHost.ApiKey, Text)]
    public async Task Turn_NotStreamed_IsSpokenWhereTheCallerIsConfiguredSo(string key, string expected)
    {
        var answer = await _host.SendAsync("""{"messages":[{"role":"user","content":"Hi"}]}""", key);

        var completion = JsonElement.Parse(answer.Body);
        Assert.Equal(expected, completion.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
        Assert.Equal("stop", completion.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        Assert.Equal("chat", completion.GetProperty("model").GetString());
    }
}
