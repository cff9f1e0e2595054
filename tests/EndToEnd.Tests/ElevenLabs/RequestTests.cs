using System.Text.Json;
using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.Logs;
using EndToEnd.Tests.Turns;

namespace EndToEnd.Tests.ElevenLabs;

/// <summary>ElevenLabs' own requests are answered. The upstream refuses what it does not know, so an answer also says that nothing of theirs reached it.</summary>
public sealed class RequestTests(GatewayHost host)
{
    [Theory]
    [InlineData("v1/chat/completions")]
    [InlineData("chat/completions")]
    [InlineData("v1/chat/completions/chat/completions")]
    public async Task Turn_AsDocumented_IsAnsweredOnEveryRouteThatPeopleConfigure(string path)
    {
        using var http = Http();

        var answer = await http.PostAsync(path, Requests.Documented, TestContext.Current.CancellationToken);

        AssertSpoken(answer);
        Assert.Equal("no-cache", answer.Headers.CacheControl!.ToString());
        Assert.Equal(["no"], answer.Headers.GetValues("X-Accel-Buffering"));
        Assert.StartsWith("req_", Assert.Single(answer.Headers.GetValues("x-request-id")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData($"How are you, {Marker.Text}?")]
    [InlineData("...")]
    [InlineData("")]
    public async Task Turn_WithSystemTools_IsAnswered(string said)
    {
        using var http = Http();

        AssertSpoken(await http.PostAsync(Requests.WithSystemTools(said), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Turn_Goodbye_CallsEndCall()
    {
        host.NeedsEmulator();
        using var http = Http();

        var answer = await http.PostAsync(Requests.WithSystemTools($"Thank you {Marker.Text}, goodbye!"), TestContext.Current.CancellationToken);

        var (name, arguments) = Assert.Single(answer.ToolCalls());
        Assert.Equal("end_call", name);
        using var values = JsonDocument.Parse(arguments);
        Assert.Equal(JsonValueKind.String, values.RootElement.GetProperty("reason").ValueKind);
        Assert.Equal(["tool_calls"], answer.FinishReasons);
        Assert.Equal("", answer.Text);
        Assert.True(answer.IsDone);
    }

    [Fact]
    public async Task Turn_AfterATool_IsAnsweredWithUsage()
    {
        using var http = Http();

        var answer = await http.PostAsync(Requests.AfterATool, TestContext.Current.CancellationToken);

        AssertSpoken(answer);
        using var last = JsonDocument.Parse(answer.Frames[^1]);
        Assert.True(last.RootElement.GetProperty("usage").GetProperty("completion_tokens").GetInt32() > 0);
    }

    private static void AssertSpoken(Answer answer)
    {
        Assert.Equal((200, "text/event-stream"), (answer.Status, answer.ContentType));
        Assert.NotEmpty(answer.Text);
        Assert.Contains("\"role\":\"assistant\"", answer.Frames[0], StringComparison.Ordinal);
        Assert.Equal(["stop"], answer.FinishReasons);
        Assert.True(answer.IsDone);
    }

    private GatewayHttp Http() => new(host.BaseAddress, host.Key(Caller.Voice));
}
