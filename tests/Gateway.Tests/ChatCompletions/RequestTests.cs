using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace Gateway.Tests.ChatCompletions;

/// <summary>Who is let in, and what bodies are taken.</summary>
public sealed class RequestTests : IAsyncLifetime
{
    private GatewayHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await GatewayHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("Authorization", "Bearer " + GatewayHost.VoiceKey)]
    [InlineData("Authorization", "bearer   " + GatewayHost.VoiceKey + " ")]
    [InlineData("api-key", GatewayHost.VoiceKey)]
    [InlineData("x-api-key", GatewayHost.ApiKey)]
    public async Task Key_InAnyOfTheHeaders_IsTaken(string header, string value) => Assert.Equal(HttpStatusCode.OK, (await SendAsync(header, value)).Status);

    [Theory]
    [InlineData("x-nothing", "x", "missing_api_key")]
    [InlineData("Authorization", "Bearer ", "missing_api_key")]
    [InlineData("Authorization", "Basic " + GatewayHost.VoiceKey, "missing_api_key")]
    [InlineData("Authorization", "Bearer wrong", "invalid_api_key")]
    [InlineData("Authorization", "Bearer " + GatewayHost.VoiceKey + "x", "invalid_api_key")]
    [InlineData("Authorization", "Bearer " + GatewayHost.UpstreamKey, "invalid_api_key")]
    [InlineData("api-key", "wrong", "invalid_api_key")]
    public async Task Key_MissingOrWrong_Is401WithAChallenge(string header, string value, string code)
    {
        var answer = await SendAsync(header, value);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.Status);
        Assert.Equal("Bearer", answer.Header("WWW-Authenticate"));
        Assert.Equal(code, answer.ErrorCode);
        Assert.Equal("invalid_request_error", answer.Error.GetProperty("type").GetString());
        Assert.False(_host.Emulator.Requests.TryRead(out _));
    }

    [Fact]
    public async Task Key_BesideAForeignToken_IsTaken()
    {
        using var request = GatewayHost.Turn(AnswerTests.Ask(true), "a token of a proxy in between");
        request.Headers.Add("x-api-key", GatewayHost.VoiceKey);

        Assert.Equal(HttpStatusCode.OK, (await _host.SendAsync(request)).Status);
    }

    [Fact]
    public async Task Key_LongerThanAnyKey_Is401() => Assert.Equal("invalid_api_key", (await SendAsync("Authorization", "Bearer " + new string('k', 5000))).ErrorCode);

    [Fact]
    public async Task Key_OfTwoActiveVersions_AreBothTaken()
    {
        await using var host = await GatewayHost.StartAsync(new() { ["Secrets:9:Name"] = "caller-voice", ["Secrets:9:Value"] = "the-older-voice-key" });

        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(AnswerTests.Ask(true))).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(AnswerTests.Ask(true), "the-older-voice-key")).Status);
    }

    [Fact]
    public async Task Model_Unknown_Is404ForAnApiCallerAndTheDefaultForVoiceLoggedOnce()
    {
        const string Json = """{"model":"gpt-9","messages":[{"role":"user","content":"Hi"}]}""";

        var api = await _host.SendAsync(Json, GatewayHost.ApiKey);
        Assert.Equal(HttpStatusCode.NotFound, api.Status);
        Assert.Equal("model_not_found", api.ErrorCode);
        Assert.Equal("model", api.ErrorParam);
        for (var i = 0; i < 3; i++) Assert.Equal(HttpStatusCode.OK, (await _host.SendAsync(Json)).Status);
        Assert.Single(_host.Log.Records, record => record.Event.Id == 101);
    }

    [Fact]
    public async Task Model_NotOfTheCallers_Is404()
    {
        await using var host = await GatewayHost.StartAsync(new()
        {
            ["Models:0:Name"] = "a",
            ["Models:0:Deployments:0:Name"] = "chat",
            ["Models:1:Name"] = "b",
            ["Models:1:Deployments:0:Name"] = "CHAT",
            ["Callers:1:Models:0"] = "b",
        });

        Assert.Equal("model_not_found", (await host.SendAsync("""{"model":"a","messages":[{"role":"user","content":"Hi"}]}""", GatewayHost.ApiKey)).ErrorCode);
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync("""{"model":"b","messages":[{"role":"user","content":"Hi"}]}""", GatewayHost.ApiKey)).Status);
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync("""{"messages":[{"role":"user","content":"Hi"}]}""", GatewayHost.ApiKey)).Status);
        for (var i = 0; i < 2; i++) await host.Log.NextTurnAsync();
        Assert.Equal("b", (await host.Log.NextTurnAsync()).Values["Model"]);
    }

    [Theory]
    [InlineData("""{"stream":true,"messages":[{"role":"user","content":"Hi"}],"stream_options":{"x\ud800":1}}""")]
    [InlineData("""{"\u006dessages":[{"role":"user","content":"Hi"}],"\ud7ff":1}""")]
    public async Task Body_OddEscapes_AreNo500(string json) => Assert.NotEqual(HttpStatusCode.InternalServerError, (await _host.SendAsync(json)).Status);

    [Fact]
    public async Task Body_BadField_Is400ThatNamesIt()
    {
        var answer = await _host.SendAsync("""{"messages":[]}""");

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("messages", answer.ErrorParam);
        Assert.Equal("Rejected", (await _host.Log.NextTurnAsync()).Values["Outcome"]!.ToString());
    }

    [Fact]
    public async Task Body_Gzipped_IsRead()
    {
        using var request = Gzipped(Encoding.UTF8.GetBytes(AnswerTests.Ask(true)));

        Assert.Equal(HttpStatusCode.OK, (await _host.SendAsync(request)).Status);
    }

    [Fact]
    public async Task Body_GzipThatIsNone_Is400()
    {
        using var request = Gzipped(Encoding.UTF8.GetBytes(AnswerTests.Ask(true)), compress: false);

        var answer = await _host.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Equal("invalid_encoding", answer.ErrorCode);
    }

    [Theory]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("gzip, gzip")]
    public async Task Body_OtherEncoding_Is415(string encoding)
    {
        using var request = GatewayHost.Turn(AnswerTests.Ask(true));
        request.Content!.Headers.TryAddWithoutValidation("Content-Encoding", encoding);

        var answer = await _host.SendAsync(request);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.Status);
        Assert.Equal("unsupported_encoding", answer.ErrorCode);
    }

    [Fact]
    public async Task Body_GzipBomb_Is413()
    {
        using var request = Gzipped(new byte[200 * 1024 * 1024]);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await _host.SendAsync(request)).Status);
    }

    [Theory]
    [InlineData(false, 9)]
    [InlineData(true, 9)]
    [InlineData(false, 40)]
    [InlineData(true, 40)]
    public async Task Body_TooLarge_Is413ThatReachesTheCaller(bool chunked, int megabytes)
    {
        using var request = GatewayHost.Turn("");
        request.Content = new ByteArrayContent(new byte[megabytes * 1024 * 1024]);
        request.Headers.TransferEncodingChunked = chunked;

        var answer = await _host.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.Status);
        Assert.Equal("request_too_large", answer.ErrorCode);
    }

    [Theory]
    [InlineData(false, Routes.ChatCompletions, HttpStatusCode.Unauthorized)]
    [InlineData(true, Routes.ChatCompletions, HttpStatusCode.Unauthorized)]
    [InlineData(false, "nothing", HttpStatusCode.NotFound)]
    [InlineData(true, "nothing", HttpStatusCode.NotFound)]
    public async Task Body_TooLargeForTheFramework_DoesNotHideWhatElseIsWrong(bool chunked, string path, HttpStatusCode status)
    {
        using var request = GatewayHost.Turn("", "wrong", path);
        request.Content = new ByteArrayContent(new byte[40 * 1024 * 1024]);
        request.Headers.TransferEncodingChunked = chunked;

        Assert.Equal(status, (await _host.SendAsync(request)).Status);
    }

    [Fact]
    public async Task Body_GzipThatGivesNothing_IsBoundedAsWell()
    {
        using var request = GatewayHost.Turn("");
        byte[] header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
        ReadOnlySpan<byte> emptyBlock = [0, 0, 0, 0xff, 0xff];
        var body = new byte[header.Length + (2_000_000 * emptyBlock.Length)];
        header.CopyTo(body, 0);
        for (var i = header.Length; i < body.Length; i += emptyBlock.Length) emptyBlock.CopyTo(body.AsSpan(i));
        request.Content = new ByteArrayContent(body) { Headers = { ContentEncoding = { "gzip" } } };
        request.Headers.TransferEncodingChunked = true;

        try
        {
            await _host.SendAsync(request);
        }
        catch (HttpRequestException)
        {
            // The framework stopped reading; whether the 413 got past what was still being sent is no matter here.
        }

        Assert.Equal("request_too_large", (await _host.Log.NextTurnAsync()).Values["ErrorCode"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Body_LongSystemPrompt_ReachesUpstreamUnchanged(bool chunked)
    {
        var prompt = new string('p', 7 * 1024 * 1024);
        using var request = GatewayHost.Turn($$"""{"stream":true,"messages":[{"role":"system","content":"{{prompt}}"},{"role":"user","content":"Hi"}]}""");
        request.Headers.TransferEncodingChunked = chunked;

        Assert.Equal(HttpStatusCode.OK, (await _host.SendAsync(request)).Status);
        Assert.Contains(prompt, Encoding.UTF8.GetString((await _host.NextUpstreamRequestAsync()).Body.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Body_CutOff_IsAHangUp(bool reset)
    {
        using (var socket = new Socket(SocketType.Stream, ProtocolType.Tcp))
        {
            await socket.ConnectAsync(_host.Address.Host, _host.Address.Port, TestContext.Current.CancellationToken);
            using var stream = new NetworkStream(socket);
            var head = $"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {GatewayHost.VoiceKey}\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n{{\"messages\"";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head), TestContext.Current.CancellationToken);
            // It waits for the rest: a reset may overtake what has not been read, and then there was no turn.
            var asked = new byte["HTTP/1.1 100 Continue\r\n\r\n".Length];
            await stream.ReadExactlyAsync(asked, TestContext.Current.CancellationToken).AsTask().WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);
            Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", Encoding.ASCII.GetString(asked));
            // With no time to linger, closing is a reset; a TcpClient would end its stream in good order before that.
            if (reset) socket.LingerState = new LingerOption(true, 0);
        }

        Assert.Equal("Interrupted", (await _host.Log.NextTurnAsync()).Values["Outcome"]!.ToString());
        Assert.DoesNotContain(_host.Log.Records, record => record.Event.Id == 100);
        Assert.False(_host.Emulator.Requests.TryRead(out _));
    }

    [Fact]
    public async Task Body_ThatDoesNotCome_Is408()
    {
        await using var host = await GatewayHost.StartAsync(new() { ["Callers:0:TurnTimeout"] = "00:00:00.300" });
        using var socket = new TcpClient();
        await socket.ConnectAsync(host.Address.Host, host.Address.Port, TestContext.Current.CancellationToken);
        var head = $"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {GatewayHost.VoiceKey}\r\nContent-Length: 1000\r\n\r\n{{";
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head), TestContext.Current.CancellationToken);

        using var reader = new StreamReader(socket.GetStream());
        Assert.Equal("HTTP/1.1 408 Request Timeout", await reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken));
    }

    private Task<Answer> SendAsync(string header, string value)
    {
        var request = GatewayHost.Turn(AnswerTests.Ask(true));
        request.Headers.Authorization = null;
        request.Headers.TryAddWithoutValidation(header, value);
        return _host.SendAsync(request);
    }

    private static HttpRequestMessage Gzipped(byte[] body, bool compress = true)
    {
        var request = GatewayHost.Turn("");
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest)) gzip.Write(body);
        request.Content = new ByteArrayContent(compress ? output.ToArray() : body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json"), ContentEncoding = { "gzip" } } };
        return request;
    }
}
