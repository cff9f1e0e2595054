using System.Net;
using Emulator;

namespace Gateway.Tests.Emulator;

public sealed class ErrorTests : EmulatorTest
{
    [Theory]
    [InlineData(401, "401")]
    [InlineData(403, "403")]
    [InlineData(404, "DeploymentNotFound")]
    [InlineData(408, "Timeout")]
    [InlineData(429, "429")]
    [InlineData(500, null)]
    [InlineData(503, "ServiceUnavailable")]
    [InlineData(418, null)]
    public async Task Status_Scripted_HasAzuresBodyAndALeak(int status, string? code)
    {
        var body = await BodyAsync(Scripted($$"""{"status":{{status}}}"""), (HttpStatusCode)status);

        Assert.Equal(code, ErrorCode(body));
        Assert.Contains(AzureOpenAIEmulator.LeakedHost, body, StringComparison.Ordinal);
        Assert.Contains(AzureOpenAIEmulator.LeakedKey, body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"status":429}""", "1", "1000")]
    [InlineData("""{"status":429,"retry_after_ms":2500}""", "3", "2500")]
    [InlineData("""{"status":503,"retry_after_ms":400}""", "1", "400")]
    [InlineData("""{"status":503}""", null, null)]
    [InlineData("""{"status":429,"headers":{"retry-after":"Wed, 21 Oct 2026 07:28:00 GMT"}}""", "Wed, 21 Oct 2026 07:28:00 GMT", "1000")]
    public async Task RetryAfter_Scripted_IsInTheHeaders(string script, string? seconds, string? milliseconds)
    {
        using var response = await PostAsync(Scripted(script));

        Assert.Equal(seconds, response.Headers.TryGetValues("retry-after", out var after) ? after.Single() : null);
        Assert.Equal(milliseconds, response.Headers.TryGetValues("retry-after-ms", out var afterMs) ? afterMs.Single() : null);
    }

    [Fact]
    public async Task TooMany_Headers_SayNothingRemains()
    {
        using var response = await PostAsync(Scripted("""{"status":429}"""));

        foreach (var name in (string[])["limit-requests", "limit-tokens", "remaining-requests", "remaining-tokens", "reset-requests", "reset-tokens"])
            Assert.True(response.Headers.Contains("x-ratelimit-" + name), name);
        Assert.Equal("0", response.Headers.GetValues("x-ratelimit-remaining-tokens").Single());
    }

    [Fact]
    public async Task PromptFilter_Scripted_HasAzuresInnerError()
    {
        var error = Parse(await BodyAsync(Scripted("""{"status":400,"code":"content_filter"}"""), HttpStatusCode.BadRequest)).GetProperty("error");

        Assert.Equal("content_filter", error.GetProperty("code").GetString());
        Assert.Equal("prompt", error.GetProperty("param").GetString());
        Assert.Null(error.GetProperty("type").GetString());
        Assert.Equal(400, error.GetProperty("status").GetInt32());
        Assert.Equal("ResponsibleAIPolicyViolation", error.GetProperty("innererror").GetProperty("code").GetString());
        Assert.True(error.GetProperty("innererror").GetProperty("content_filter_result").GetProperty("jailbreak").GetProperty("filtered").GetBoolean());
    }

    [Fact]
    public async Task Code_Scripted_ReplacesAzures() =>
        Assert.Equal("context_length_exceeded", ErrorCode(await BodyAsync(Scripted("""{"status":400,"code":"context_length_exceeded"}"""), HttpStatusCode.BadRequest)));

    [Fact]
    public async Task Body_Scripted_IsSentAsItIs()
    {
        using var response = await PostAsync(Scripted("""{"body":"<html>Bad gateway</html>","content_type":"text/html","headers":{"x-from":"front"}}"""));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/html", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("front", response.Headers.GetValues("x-from").Single());
        Assert.Equal("<html>Bad gateway</html>", await response.Content.ReadAsStringAsync(Ct));
    }

    [Theory]
    [InlineData("#emulate {\"txet\":\"a\"}")]
    [InlineData("#emulate {\"fault\":\"rest\"}")]
    [InlineData("#emulate {\"fault\":1}")]
    [InlineData("#emulate {\"text\":")]
    [InlineData("#emulate null")]
    [InlineData("#emulate hello")]
    public async Task Script_Unreadable_IsRefused(string text)
    {
        var body = await BodyAsync(Ask(text), HttpStatusCode.BadRequest);

        Assert.Contains("The emulator cannot read the script", body, StringComparison.Ordinal);
    }
}
