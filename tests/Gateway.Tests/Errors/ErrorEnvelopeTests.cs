using System.Buffers;
using System.Text;
using System.Text.Json;
using Gateway.Errors;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Errors;

/// <summary>What stands in a message, be it a text from outside, is read as it is by people and by clients.</summary>
public sealed class ErrorEnvelopeTests
{
    private const string Odd = "'ids[0]' + <b>&`</b> \"\\ \t\r\n\n\0\u001b\u007f\u0085\u2028\u2029\ufeff ü 你 \U0001f600 ";

    [Fact]
    public async Task Message_ForPeople_IsWrittenAsItIs()
    {
        var (_, body) = await WriteAsync(new Failure(400, "invalid_type", "The field 'ids[0]' must be of 'a' + <b>.", "ids[0]"));

        Assert.Equal("""{"error":{"message":"The field 'ids[0]' must be of 'a' + <b>.","type":"invalid_request_error","param":"ids[0]","code":"invalid_type"}}""", body);
    }

    [Fact]
    public async Task Response_OfAnError_IsJsonAndNothingElse()
    {
        var (response, body) = await WriteAsync(new Failure(400, Odd, Odd, Odd));

        Assert.Equal(("application/json", "nosniff"), (response.ContentType, (string?)response.Headers.XContentTypeOptions));
        Assert.Equal([Odd, Odd, Odd], Texts(body));
    }

    [Fact]
    public void Frame_OfAnError_IsOneLineWhateverItSays()
    {
        var output = new ArrayBufferWriter<byte>();

        ErrorEnvelope.WriteFrame(output, new Failure(502, Odd, Odd, Odd));

        var frame = Encoding.UTF8.GetString(output.WrittenSpan);
        Assert.StartsWith("data: {", frame, StringComparison.Ordinal);
        Assert.EndsWith("}\n\n", frame, StringComparison.Ordinal);
        // Beside the two that end a line of a stream those that some clients split lines at.
        Assert.DoesNotMatch("[\r\n\v\f\u001c-\u001e\u0085\u2028\u2029]", frame[..^2]);
        Assert.Equal([Odd, Odd, Odd], Texts(frame["data: ".Length..]));
    }

    [Fact]
    public async Task Message_WithHalfACharacter_IsJsonAllTheSame()
    {
        var (_, body) = await WriteAsync(new Failure(400, "invalid_value", "a\ud800b"));

        Assert.Equal("a\ufffdb", Texts(body)[0]);
    }

    private static async Task<(HttpResponse Response, string Body)> WriteAsync(Failure failure)
    {
        var context = new DefaultHttpContext { Response = { Body = new MemoryStream() } };
        await ErrorEnvelope.WriteAsync(context.Response, failure, TestContext.Current.CancellationToken);
        await context.Response.BodyWriter.FlushAsync(TestContext.Current.CancellationToken);
        return (context.Response, Encoding.UTF8.GetString(((MemoryStream)context.Response.Body).ToArray()));
    }

    private static string?[] Texts(string json)
    {
        var error = JsonElement.Parse(json).GetProperty("error");
        return [error.GetProperty("message").GetString(), error.GetProperty("param").GetString(), error.GetProperty("code").GetString()];
    }
}
