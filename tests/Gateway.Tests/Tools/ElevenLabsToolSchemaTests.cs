namespace Gateway.Tests.Tools;

/// <summary>The shape that schemas are held against refuses what ElevenLabs would.</summary>
public sealed class ElevenLabsToolSchemaTests
{
    [Theory]
    [InlineData("""{"type":"webhook","name":"a","description":"b"}""")]
    [InlineData("""{"type":"webhook","name":"a b","description":"b","api_schema":{"url":"https://x"}}""")]
    [InlineData("""{"type":"webhook","name":"a","description":"b","api_schema":{"url":"https://x","body":{}}}""")]
    [InlineData("""{"type":"webhook","name":"a","description":"b","api_schema":{"url":"https://x","request_headers":{"x":{"secret":"y"}}}}""")]
    [InlineData("""{"type":"webhook","name":"a","description":"b","api_schema":{"url":"https://x","request_body_schema":{"properties":{"p":{"type":"text","description":"d"}}}}}""")]
    public async Task Tool_OfAnotherShape_IsRefused(string tool) => Assert.NotEmpty(await ElevenLabsToolSchema.ErrorsAsync($$"""{"tool_config":{{tool}}}"""));
}
