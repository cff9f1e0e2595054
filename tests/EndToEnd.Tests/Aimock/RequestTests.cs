using System.Text.Json.Nodes;
using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.Logs;

namespace EndToEnd.Tests.Aimock;

/// <summary>What an upstream that was written by others is asked.</summary>
public sealed class RequestTests(AimockGateway gateway) : IClassFixture<AimockGateway>
{
    private const string Fields = $$"""
        "temperature": 0.5, "max_tokens": 300, "top_p": 0.9, "seed": 1e2, "x_not_known": {"deep": [1.50, "\u00e9", null]}, "user_id": "{{Marker.Text}}@example.invalid",
        "elevenlabs_extra_body": {"parameter-1": "{{Marker.Text}}"}, "stream": true, "messages": [{"role": "user", "content": "say text"}]
        """;

    [Theory]
    [InlineData(AimockGateway.V1, "/openai/v1/chat/completions")]
    [InlineData(AimockGateway.Dated, "/openai/deployments/by-date/chat/completions?api-version=2024-10-21")]
    public async Task Request_OfElevenLabs_LosesWhatIsTheirsAndKeepsTheRest(string model, string path)
    {
        Node.Needed();

        var seen = await SeenAsync($$"""{"model": "{{model}}", {{Fields}}}""");

        Assert.Equal(("POST", path), ((string?)seen["method"], (string?)seen["path"]));
        var body = seen["body"]!.AsObject();
        Assert.Equal(
            ["model", "temperature", "max_tokens", "top_p", "seed", "x_not_known", "user", "stream", "messages", "stream_options"],
            // A dated path knows no prompt_cache_key.
            body.Select(static property => property.Key).Where(static key => key[0] != '_' && key != "prompt_cache_key"));
        Assert.Equal(path.StartsWith("/openai/v1/", StringComparison.Ordinal), body.ContainsKey("prompt_cache_key"));
        Assert.Equal(model, (string?)body["model"]);
        Assert.Equal("""{"deep":[1.5,"\u00E9",null]}""", body["x_not_known"]!.ToJsonString());
        Assert.Matches("^[0-9a-f]{64}$", (string?)body["user"]);
        Assert.DoesNotContain(Marker.Text, body.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_ToAModelThatReasons_IsInItsTerms()
    {
        Node.Needed();

        var body = (await SeenAsync($$"""{"model": "{{AimockGateway.Reasoning}}", {{Fields}}}"""))["body"]!;

        Assert.Equal(300, (int?)body["max_completion_tokens"]);
        Assert.Null(body["max_tokens"]);
        // It takes these while it does not reason.
        Assert.NotNull(body["temperature"]);
        Assert.NotNull(body["top_p"]);
        Assert.Equal("none", (string?)body["reasoning_effort"]);
        Assert.Matches("^[0-9a-f]{64}$", (string?)body["safety_identifier"]);
    }

    [Fact]
    public async Task Request_Headers_AreOursAndNotTheCallers()
    {
        Node.Needed();

        var headers = (await SeenAsync($$"""{"model": "{{AimockGateway.V1}}", {{Fields}}}"""))["headers"]!.AsObject();

        Assert.Equal("application/json", (string?)headers["content-type"]);
        Assert.True(headers.ContainsKey("api-key"));
        Assert.False(headers.ContainsKey("authorization"));
        Assert.False(headers.ContainsKey("accept-encoding"));
        Assert.False(headers.ContainsKey("x-conversation-id"));
    }

    [Fact]
    public async Task Request_SameEndUser_HasTheSameName()
    {
        Node.Needed();
        var body = $$"""{"model": "{{AimockGateway.V1}}", {{Fields}}}""";

        Assert.Equal((string?)(await SeenAsync(body))["body"]!["user"], (string?)(await SeenAsync(body))["body"]!["user"]);
    }

    private async Task<JsonNode> SeenAsync(string body)
    {
        using var through = gateway.Through(Caller.Voice);
        var answer = await through.PostAsync(body, TestContext.Current.CancellationToken);
        Assert.Equal(200, answer.Status);
        return await gateway.SeenAsync(answer, TestContext.Current.CancellationToken);
    }
}
