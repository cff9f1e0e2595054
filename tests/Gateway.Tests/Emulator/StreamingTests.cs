using System.Text.Json;

namespace Gateway.Tests.Emulator;

public sealed class StreamingTests : EmulatorTest
{
    [Fact]
    public async Task Stream_Plain_HasAzuresOrder()
    {
        var frames = await FramesAsync(Scripted("""{"text":"Hello there, you."}"""));

        Assert.Equal(["Hello", " there,", " you."], Said(frames));
        Assert.Equal(7, frames.Count);
        var preamble = Parse(frames[0]);
        Assert.Equal(("", "", "", 0, 0), (Text(preamble, "id"), Text(preamble, "object"), Text(preamble, "model"), preamble.GetProperty("created").GetInt32(), preamble.GetProperty("choices").GetArrayLength()));
        Assert.Equal("safe", Text(preamble.GetProperty("prompt_filter_results")[0].GetProperty("content_filter_results").GetProperty("hate"), "severity"));
        Assert.Equal("assistant", Text(Deltas(frames)[0], "role"));
        Assert.Equal("stop", FinishReason(frames[5..6]));
        Assert.Equal("[DONE]", frames[^1]);
        Assert.Single(frames[1..^1].Select(frame => Text(Parse(frame), "id")).Distinct(), id => id!.StartsWith("chatcmpl-", StringComparison.Ordinal));
        Assert.All(frames[1..^1], frame => Assert.Equal("demo", Text(Parse(frame), "model")));
    }

    [Fact]
    public async Task Stream_Headers_NameTheEmulatorAndTheLimits()
    {
        using var response = await PostAsync(Scripted("""{"text":"a"}"""));

        Assert.Equal("text/event-stream; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("1", Assert.Single(response.Headers.GetValues("x-emulator")));
        Assert.True(Guid.TryParse(Assert.Single(response.Headers.GetValues("apim-request-id")), out _));
        Assert.Equal("999", Assert.Single(response.Headers.GetValues("x-ratelimit-remaining-requests")));
        Assert.Equal("99999", Assert.Single(response.Headers.GetValues("x-ratelimit-remaining-tokens")));
    }

    [Fact]
    public async Task Usage_AskedFor_ComesBeforeDone()
    {
        var frames = await FramesAsync(Scripted("""{"text":"a b","reasoning":"hm"}""", """ "stream":true,"stream_options":{"include_usage":true} """));

        var last = Parse(frames[^2]);
        Assert.Equal(0, last.GetProperty("choices").GetArrayLength());
        var usage = last.GetProperty("usage");
        Assert.Equal(3, usage.GetProperty("completion_tokens").GetInt32());
        Assert.Equal(1, usage.GetProperty("completion_tokens_details").GetProperty("reasoning_tokens").GetInt32());
        Assert.Equal(usage.GetProperty("total_tokens").GetInt32(), usage.GetProperty("prompt_tokens").GetInt32() + 3);
        Assert.All(frames[1..^2], frame => Assert.Equal(JsonValueKind.Null, Parse(frame).GetProperty("usage").ValueKind));
    }

    [Theory]
    [InlineData("""{"text":"a"}""", "\"stream\":true")]
    [InlineData("""{"text":"a","usage":false}""", """ "stream":true,"stream_options":{"include_usage":true} """)]
    public async Task Usage_NotAskedForOrWithheld_IsAbsent(string script, string more)
    {
        var frames = await FramesAsync(Scripted(script, more));

        Assert.DoesNotContain(frames, frame => frame.Contains("prompt_tokens", StringComparison.Ordinal));
        Assert.Equal("[DONE]", frames[^1]);
    }

    [Theory]
    [InlineData("""{"deltas":["a","",""," b"]}""", "a|||" + " b")]
    [InlineData("""{"text":"one two","chunks":5}""", "one| two| one| two| one")]
    [InlineData("""{"text":"one two three","chunks":1}""", "one")]
    [InlineData("""{"text":"  two  spaces "}""", "  two|  spaces| ")]
    [InlineData("""{"text":""}""", "")]
    [InlineData("{}", "")]
    public async Task Content_Scripted_IsThoseDeltas(string script, string expected)
    {
        var frames = await FramesAsync(Scripted(script));

        Assert.Equal(expected, string.Join('|', Said(frames)));
        Assert.Equal("stop", FinishReason(frames));
    }

    [Fact]
    public async Task Chunks_WithoutText_AreFiller() =>
        Assert.Equal(200, Said(await FramesAsync(Scripted("""{"chunks":200}"""))).Count);

    [Fact]
    public async Task Content_WithSpecialCharacters_ArrivesUnchanged()
    {
        const string text = "Grüße 😀 \"quoted\" back\\slash\nline\ttab\u0001";
        var body = await BodyAsync(Scripted($$"""{"deltas":["{{JsonEncodedText.Encode(text)}}","😀"]}"""));

        Assert.Equal([text, "😀"], Said(Frames(body)));
        Assert.Contains("\"content\":\"😀\"", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reasoning_Scripted_ComesBeforeContent()
    {
        var frames = await FramesAsync(Scripted("""{"reasoning":"Let me think.","text":"Yes."}"""));

        Assert.Equal(["Let", " me", " think."], Said(frames, "reasoning_content"));
        Assert.Equal(["Yes."], Said(frames));
        Assert.True(frames.FindIndex(frame => frame.Contains("think.", StringComparison.Ordinal)) < frames.FindIndex(frame => frame.Contains("Yes.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Refusal_Scripted_ComesInRefusalDeltas() =>
        Assert.Equal(["I", " cannot."], Said(await FramesAsync(Scripted("""{"refusal":"I cannot."}""")), "refusal"));

    [Fact]
    public async Task LogProbs_AskedFor_AreThere()
    {
        var frames = await FramesAsync(Scripted("""{"text":"ä b"}""", """ "stream":true,"logprobs":true,"top_logprobs":2 """));

        var token = Choices(frames)[1].GetProperty("logprobs").GetProperty("content")[0];
        Assert.Equal("ä", Text(token, "token"));
        Assert.Equal([195, 164], token.GetProperty("bytes").EnumerateArray().Select(value => value.GetInt32()));
        Assert.Equal("ä", Text(token.GetProperty("top_logprobs")[0], "token"));
    }

    [Fact]
    public async Task AsyncFilter_On_SendsVerdictsWithoutDelta()
    {
        var frames = await FramesAsync(Scripted("""{"chunks":20,"async_filter":true}"""));

        var verdicts = frames.Where(frame => frame.Contains("content_filter_offsets", StringComparison.Ordinal)).Select(Parse).ToList();
        Assert.Equal(3, verdicts.Count);
        Assert.All(verdicts, verdict =>
        {
            Assert.Equal(("", "", ""), (Text(verdict, "id"), Text(verdict, "object"), Text(verdict, "model")));
            Assert.False(verdict.GetProperty("choices")[0].TryGetProperty("delta", out _));
            Assert.Equal("safe", Text(verdict.GetProperty("choices")[0].GetProperty("content_filter_results").GetProperty("hate"), "severity"));
        });
        var offsets = verdicts.Select(verdict => verdict.GetProperty("choices")[0].GetProperty("content_filter_offsets")).ToList();
        Assert.Equal(0, offsets[0].GetProperty("start_offset").GetInt32());
        Assert.Equal(offsets[0].GetProperty("end_offset").GetInt32(), offsets[1].GetProperty("start_offset").GetInt32());
        Assert.Equal(string.Concat(Said(frames)).Length, offsets[2].GetProperty("end_offset").GetInt32());
    }

    [Fact]
    public async Task Preamble_Off_BeginsWithTheRole()
    {
        var frames = await FramesAsync(Scripted("""{"text":"a","preamble":false}"""));

        Assert.Equal("assistant", Text(Parse(frames[0]).GetProperty("choices")[0].GetProperty("delta"), "role"));
    }

    [Fact]
    public async Task FinishReason_Scripted_IsThat() =>
        Assert.Equal("length", FinishReason(await FramesAsync(Scripted("""{"text":"a","finish_reason":"length"}"""))));

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
