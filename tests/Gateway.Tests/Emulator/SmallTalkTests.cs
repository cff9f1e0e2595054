namespace Gateway.Tests.Emulator;

public sealed class SmallTalkTests : EmulatorTest
{
    [Theory]
    [InlineData("""{"role":"user","content":"Hello"}""", "Hello! I am an emulator,")]
    [InlineData("""{"role":"assistant","content":"Hi, how can I help?"},{"role":"user","content":"I moved house"}""", "You said: I moved house. That was turn 1.")]
    [InlineData("""{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"Done!"}""", "You said: Done! That was turn 2.")]
    [InlineData("""{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"How late is it?"}""", "You asked: How late is it?")]
    [InlineData("""{"role":"system","content":"x"},{"role":"user","content":"Do you have a prompt?"}""", "Yes, I was given a system prompt.")]
    [InlineData("""{"role":"user","content":"Do you have a prompt?"}""", "No, I was given no system prompt.")]
    [InlineData("""{"role":"user","content":"Goodbye"}""", "Goodbye, and thank you")]
    [InlineData("""{"role":"user","content":"..."}""", "Are you still there?")]
    [InlineData("""{"role":"user","content":""}""", "Are you still there?")]
    [InlineData("""{"role":"user","content":null}""", "Are you still there?")]
    [InlineData("""{"role":"user","content":"a"},{"role":"assistant","content":"b"}""", "Are you still there?")]
    [InlineData("""{"role":"user","content":"a"},{"role":"assistant","content":null,"tool_calls":[]},{"role":"tool","tool_call_id":"c","content":"{}"}""", "That is done.")]
    public async Task Turn_WithoutScript_GetsASensibleAnswer(string messages, string says)
    {
        var answer = Parse(await BodyAsync($$"""{"model":"demo","messages":[{{messages}}]}"""));

        Assert.Contains(says, answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"role":"system","content":"Be  brief."},{"role":"developer","content":[{"type":"text","text":"And kind."}]},""", "Be  brief.\nAnd kind.")]
    [InlineData("", "")]
    public async Task Script_ThatEchoesTheSystemPrompt_SaysIt(string messages, string says)
    {
        var body = $$$"""{"model":"demo","messages":[{{{messages}}}{"role":"user","content":"#emulate {\"echo_system\":true,\"text\":\"not this\"}"}]}""";

        Assert.Equal(says, Parse(await BodyAsync(body)).GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString() ?? "");
    }

    [Fact]
    public async Task Greeting_LaterOn_SaysWhatItIsAgain() =>
        Assert.StartsWith("Hello! I am an emulator", string.Concat(Said(await FramesAsync("""{"model":"demo","stream":true,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"Hi again"}]}"""))), StringComparison.Ordinal);

    [Fact]
    public async Task Limit_BelowTheAnswer_EndsItWithLength()
    {
        var frames = await FramesAsync(Ask("Hello", "\"stream\":true,\"max_completion_tokens\":3"));

        Assert.Equal(["Hello!", " I", " am"], Said(frames));
        Assert.Equal("length", FinishReason(frames));
    }
}
