using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Webhooks;

namespace Gateway.Tests.Webhooks;

/// <summary>What is wrong ends in a clear 4xx, stores nothing, and is counted: in each kind of storage.</summary>
public abstract class BadInputTests : IAsyncLifetime
{
    private static readonly byte[] Body = Encoding.UTF8.GetBytes(Events.Transcription());

    private WebhookHost _host = null!;
    private RecordedMeter _metrics = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await StartAsync();
        _metrics = new RecordedMeter(_host.Gateway.Services, WebhookMetrics.MeterName);
    }

    public async ValueTask DisposeAsync()
    {
        _metrics.Dispose();
        await _host.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected abstract Task<WebhookHost> StartAsync();

    /// <summary>Everything that could be found in the storage, whosever it is.</summary>
    private protected abstract Task<string[]> FoundAsync(WebhookHost host);

    // Beside what can be found: what was staged, and can not.
    private async Task NothingIsStoredAsync(bool staged)
    {
        Assert.Empty(await FoundAsync(_host));
        if (!staged) Assert.Empty(await _host.ContentsAsync());
    }

    [Fact]
    public async Task Signature_Forged_IsRefused()
    {
        var answer = await _host.SendAsync(Body, _host.Sign(Body, secret: "wsec_another"));

        await RefusedAsync(answer, 403, "invalid_signature");
        Assert.Equal("The signature is not that of this body.", answer.ErrorMessage);
    }

    [Theory]
    [InlineData(-1801)]
    [InlineData(301)]
    public async Task Signature_StaleOrAhead_IsRefused(int seconds) =>
        await RefusedAsync(await _host.SendAsync(Body, _host.Sign(Body, WebhookHost.Now.AddSeconds(seconds))), 403, "stale_signature");

    [Fact]
    public async Task Signature_Missing_IsRefused() => await RefusedAsync(await _host.SendAsync(Json(Body), signature: null), 403, "missing_signature");

    [Theory]
    [InlineData("")]
    [InlineData("t=1795348800")]
    [InlineData("v0=0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("t=,v0=0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("t=1795348800,v0=00")]
    [InlineData("t=1795348800,v0=zz00000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("t=1795348800,v0=000000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("t=1795348800,t=1795348800,v0=0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("t=+1795348800,v0=0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("t=99999999999999999999,v0=0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("t=999999999999,v0=0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("t=1795348800000,v0=0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task Signature_Malformed_IsRefusedAndToldTheForm(string signature)
    {
        var answer = await _host.SendAsync(Body, signature);

        await RefusedAsync(answer, 403, "invalid_signature");
        Assert.Equal(
            "The header ElevenLabs-Signature must be of the form t=<seconds>,v0=<hex>: the time since 1970 in seconds, not milliseconds, and 64 hex digits.", answer.ErrorMessage);
    }

    [Fact]
    public async Task Signature_OfAnotherTime_IsRefused() =>
        await RefusedAsync(await _host.SendAsync(Body, _host.Sign(Body).Replace("t=1795348800", "t=1795348801", StringComparison.Ordinal)), 403, "invalid_signature");

    [Fact]
    public async Task Signature_OverReserializedJson_IsRefused()
    {
        var reserialized = Encoding.UTF8.GetBytes(JsonNode.Parse(Body)!.ToJsonString());

        await RefusedAsync(await _host.SendAsync(Body, _host.Sign(reserialized)), 403, "invalid_signature");
    }

    [Fact]
    public async Task Body_OneByteChanged_IsRefused()
    {
        var changed = Body.ToArray();
        changed[^3] ^= 1;

        await RefusedAsync(await _host.SendAsync(changed, _host.Sign(Body)), 403, "invalid_signature");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(700)]
    public async Task Body_TruncatedWithTheSignatureOfTheWhole_IsRefused(int missing) =>
        await RefusedAsync(await _host.SendAsync(Body[..^missing], _host.Sign(Body)), 403, "invalid_signature");

    [Theory]
    [InlineData(1)]
    [InlineData(700)]
    public async Task Body_TruncatedAndSignedSo_IsNotJson(int missing) => await RefusedAsync(await _host.SendAsync(Body[..^missing]), 400, "invalid_json");

    [Fact]
    public async Task Signature_Replayed_IsRefusedOnceItIsStale()
    {
        var signature = _host.Sign(Body);
        _host.Time.Advance(TimeSpan.FromMinutes(31));

        await RefusedAsync(await _host.SendAsync(Body, signature), 403, "stale_signature");
    }

    [Fact]
    public async Task Audio_LargeAndForged_IsRefusedAndLeavesNothing()
    {
        var body = Events.Audio(StoredEventTests.Recording(2_000_000));

        await RefusedAsync(await _host.SendAsync(body, _host.Sign(body, secret: "wsec_another")), 403, "invalid_signature", staged: true);
    }

    [Fact]
    public async Task Audio_Truncated_IsRefusedAndLeavesNothing()
    {
        var body = Events.Audio(StoredEventTests.Recording(2_000_000));

        await RefusedAsync(await _host.SendAsync(body[..^1000]), 400, "invalid_json", staged: true);
    }

    [Fact]
    public async Task Body_AnnouncedOverLong_IsRefusedUnread()
    {
        using var content = new StreamContent(Stream.Null) { Headers = { ContentType = new MediaTypeHeaderValue("application/json"), ContentLength = Delivery.MaxBytes + 1 } };
        using var request = new HttpRequestMessage(HttpMethod.Post, Routes.PostCallWebhook) { Content = content, Headers = { ExpectContinue = true } };
        request.Headers.TryAddWithoutValidation(WebhookSignature.Header, _host.Sign(Body));

        // A second is what a client waits by default for the word to go on, and then it sends what it has not got.
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false, Expect100ContinueTimeout = Timeout.InfiniteTimeSpan }) { BaseAddress = _host.Gateway.Address, Timeout = TestTimeouts.Default };
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        await RefusedAsync(new Answer(response, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)), 413, "request_too_large");
    }

    [Fact]
    public async Task Body_ChunkedAndOverLong_IsRefused()
    {
        // The end of it is not read any more, so a client that is still sending may see a reset: this one sends exactly as much as is read.
        var body = new byte[Delivery.MaxBytes + 1];
        body.AsSpan().Fill((byte)' ');

        await RefusedAsync(await _host.SendAsync(new Chunked(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } }, _host.Sign(Body)), 413, "request_too_large");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/jsonp")]
    public async Task ContentType_Wrong_IsRefused(string contentType) => await RefusedAsync(await _host.SendAsync(Body, contentType: contentType), 415, "unsupported_media_type");

    [Fact]
    public async Task ContentType_Missing_IsRefused() => await RefusedAsync(await _host.SendAsync(new ByteArrayContent(Body), _host.Sign(Body)), 415, "unsupported_media_type");

    [Fact]
    public async Task ContentEncoding_Any_IsRefused()
    {
        using var content = Json(Body);
        content.Headers.ContentEncoding.Add("gzip");

        await RefusedAsync(await _host.SendAsync(content, _host.Sign(Body)), 415, "unsupported_encoding");
    }

    [Fact]
    public async Task Text_InvalidUtf8_IsRefused()
    {
        var body = Body.ToArray();
        body[body.AsSpan().IndexOf("Gr"u8) + 2] = 0xFF;

        await RefusedAsync(await _host.SendAsync(body), 400, "invalid_json");
    }

    [Theory]
    [InlineData("\\ud800")]
    [InlineData("\u0001")]
    public async Task Id_NoText_IsRefused(string id) => await RefusedAsync(await _host.SendAsync(Events.Transcription(id)), 400, "invalid_json");

    [Theory]
    [InlineData("../conv_1")]
    [InlineData("a/b")]
    [InlineData("a\\\\b")]
    [InlineData("..")]
    [InlineData("conv.1")]
    [InlineData("conv%2F1")]
    [InlineData("conv_1\\u0000")]
    [InlineData("conv 1")]
    [InlineData("cönv")]
    [InlineData("")]
    public async Task ConversationId_WithOtherCharacters_IsRefused(string id)
    {
        var answer = await _host.SendAsync(Events.Transcription(id));

        await RefusedAsync(answer, 400, "invalid_value");
        Assert.Equal("data.conversation_id", answer.ErrorParam);
    }

    [Fact]
    public async Task AgentId_WithPathCharacters_IsRefused()
    {
        var answer = await _host.SendAsync(Events.Transcription(agent: "../agent"));

        await RefusedAsync(answer, 400, "invalid_value");
        Assert.Equal("data.agent_id", answer.ErrorParam);
    }

    [Fact]
    public async Task ConversationId_TooLong_IsRefused() => await RefusedAsync(await _host.SendAsync(Events.Transcription(new string('c', 129))), 400, "invalid_value");

    [Theory]
    [InlineData("[]", "invalid_json", null)]
    [InlineData("\"text\"", "invalid_json", null)]
    [InlineData("", "invalid_json", null)]
    [InlineData("{} {}", "invalid_json", null)]
    [InlineData("{}", "missing_required_parameter", "type")]
    [InlineData("""{"type":1}""", "invalid_type", "type")]
    [InlineData("""{"type":"a b"}""", "invalid_value", "type")]
    [InlineData("""{"type":"x","type":"x"}""", "duplicate_field", "type")]
    [InlineData("""{"type":"x","event_timestamp":"now"}""", "invalid_value", "event_timestamp")]
    [InlineData("""{"type":"x","event_timestamp":-1}""", "invalid_value", "event_timestamp")]
    [InlineData("""{"type":"x","event_timestamp":1e300}""", "invalid_value", "event_timestamp")]
    [InlineData("""{"type":"post_call_transcription"}""", "missing_required_parameter", "data.agent_id")]
    [InlineData("""{"type":"post_call_transcription","data":{"agent_id":"a","conversation_id":null}}""", "missing_required_parameter", "data.conversation_id")]
    [InlineData("""{"type":"post_call_transcription","data":{"agent_id":["a"]}}""", "missing_required_parameter", "data.agent_id")]
    [InlineData("""{"type":"post_call_audio","data":{"agent_id":"a","conversation_id":"c"}}""", "missing_required_parameter", "data.full_audio")]
    [InlineData("""{"type":"post_call_audio","data":{"agent_id":"a","conversation_id":"c","full_audio":null}}""", "missing_required_parameter", "data.full_audio")]
    [InlineData("""{"type":"post_call_audio","data":{"agent_id":"a","conversation_id":"c","full_audio":"a*=="}}""", "invalid_value", "data.full_audio")]
    [InlineData("""{"type":"post_call_audio","data":{"agent_id":"a","conversation_id":"c","full_audio":"YWJj","full_audio":"YWJj"}}""", "duplicate_field", "data.full_audio")]
    [InlineData("""{"data":{"agent_id":"a","conversation_id":"c","full_audio":"YWJj"},"type":"post_call_transcription"}""", "invalid_value", "type")]
    public async Task Body_OfAWrongForm_IsRefused(string body, string code, string? param)
    {
        var answer = await _host.SendAsync(body);

        await RefusedAsync(answer, 400, code);
        Assert.Equal(param, answer.ErrorParam);
    }

    [Fact]
    public async Task Body_NestedTooDeep_IsRefused() =>
        await RefusedAsync(await _host.SendAsync("""{"type":"x","data":""" + new string('[', 64) + new string(']', 64) + "}"), 400, "invalid_json");

    [Fact]
    public async Task Value_LongerThanAnyThatIsMeant_IsRefused() =>
        await RefusedAsync(await _host.SendAsync(Events.Transcription(message: new string('x', 5_000_000))), 400, "invalid_value", staged: true);

    [Fact]
    public async Task Ids_AfterABlockOfText_AreTooLate()
    {
        var answer = await _host.SendAsync("""{"type":"post_call_transcription","data":{"text":["x" """ + string.Concat(Enumerable.Repeat(""","text" """, 100_000)) + """],"agent_id":"a","conversation_id":"c"}}""");

        await RefusedAsync(answer, 400, "missing_required_parameter");
    }

    [Fact]
    public async Task Body_CutOffByItsSender_LeavesNothingAndIsCounted()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_host.Gateway.Address.Host, _host.Gateway.Address.Port, TestContext.Current.CancellationToken);
        var body = Events.Audio(StoredEventTests.Recording(2_000_000));
        var head = $"POST /webhooks/elevenlabs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n{WebhookSignature.Header}: {_host.Sign(body)}\r\n\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes(head), TestContext.Current.CancellationToken);
        await socket.SendAsync(body.AsMemory(0, 1_500_000), TestContext.Current.CancellationToken);
        socket.Close();

        await _host.Gateway.Log.EventAsync(300);

        await NothingIsStoredAsync(staged: true);
        Assert.Equal(["events none interrupted invalid_body"], _metrics.Counts);
    }

    private static ByteArrayContent Json(byte[] body) => new(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    private async Task RefusedAsync(Answer answer, int status, string code, bool staged = false)
    {
        Assert.Equal((status, code), ((int)answer.Status, answer.ErrorCode));
        await NothingIsStoredAsync(staged);
        Assert.EndsWith($" rejected {code}", Assert.Single(_metrics.Counts), StringComparison.Ordinal);
    }

    /// <summary>A body whose length is not announced.</summary>
    private sealed class Chunked(byte[] body) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            for (var sent = 0; sent < body.Length; sent += 1 << 20) await stream.WriteAsync(body.AsMemory(sent, Math.Min(1 << 20, body.Length - sent)));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
