using System.Net;
using System.Net.Security;
using Emulator;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gateway.Tests.Emulator;

public sealed class Http2Tests : EmulatorTest
{
    protected override EmulatorOptions Options => new() { Url = new("https://localhost:0") };

    [Fact]
    public async Task Tls_WithBothVersions_NegotiatesHttp2()
    {
        Assert.Equal(["Hi", " there."], Said(await FramesAsync(Scripted("""{"text":"Hi there."}"""))));

        Assert.Equal("HTTP/2", (await Azure.Requests.ReadAsync(Ct)).Protocol);
        Assert.Equal("https", Azure.Endpoint.Scheme);
    }

    [Fact]
    public async Task Tls_WithHttp1Only_SpeaksHttp1()
    {
        await using var old = await AzureOpenAIEmulator.StartAsync(new() { Url = new("https://127.0.0.1:0"), Protocols = HttpProtocols.Http1 });
        using var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
            errors == SslPolicyErrors.RemoteCertificateChainErrors && certificate!.GetCertHashString() == old.Certificate!.GetCertHashString();
        using var client = new HttpClient(handler) { DefaultRequestVersion = HttpVersion.Version20 };

        Assert.Equal("ok", await client.GetStringAsync(new Uri(old.Endpoint, "/health"), Ct));
        using var response = await client.GetAsync(new Uri(old.Endpoint, "/health"), Ct);
        Assert.Equal(HttpVersion.Version11, response.Version);
    }

    [Fact]
    public async Task Cleartext_WithHttp2Only_TakesPriorKnowledge()
    {
        await using var clear = await AzureOpenAIEmulator.StartAsync(new() { Protocols = HttpProtocols.Http2 });
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(clear.Endpoint, V1)) { Content = Json(Ask("Hi")), Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };

        using var response = await Client.SendAsync(request, Ct);

        Assert.Equal(HttpVersion.Version20, response.Version);
    }

    [Fact]
    public async Task Streams_AThousandAtOnce_AreAllOpen()
    {
        const int count = 1000;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var arrived = 0;
        Azure.Script = new()
        {
            Text = "a",
            Gate = async (n, ct) =>
            {
                if (n < 0)
                    return;
                if (Interlocked.Increment(ref arrived) == count)
                    all.SetResult();
                await all.Task.WaitAsync(ct);
            },
        };

        var answers = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => FramesAsync(Ask("Hi")))).WaitAsync(Timeout, Ct);

        Assert.All(answers, frames => Assert.Equal("[DONE]", frames[^1]));
    }

    [Fact]
    public async Task Body_OfTenMegabytes_Arrives()
    {
        var body = Ask(new string('x', 10 * 1024 * 1024));

        await BodyAsync(body);

        Assert.Equal(body.Length, (await Azure.Requests.ReadAsync(Ct)).Body.Length);
    }

    [Fact]
    public async Task Reset_AfterHeaders_EndsTheStreamOnly()
    {
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => BodyAsync(Scripted("""{"text":"a b","fault":"reset","after":1}""")));
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => BodyAsync(Scripted("""{"fault":"reset"}""")));
        await BodyAsync(Ask("Hi"));

        var ids = new List<string>();
        while (Azure.Requests.TryRead(out var request))
            ids.Add(request.ConnectionId);
        Assert.Equal(3, ids.Count);
        Assert.Single(ids.Distinct());
    }

    [Fact]
    public async Task HangUp_OfOneStream_IsSeen()
    {
        using var hangUp = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        using var message = new HttpRequestMessage(HttpMethod.Post, V1) { Content = Json(Scripted("""{"fault":"stall"}""")), Version = HttpVersion.Version20 };
        var sent = Client.SendAsync(message, hangUp.Token);
        var request = await Azure.Requests.ReadAsync(Ct);

        await hangUp.CancelAsync();

        await request.Aborted.WaitAsync(Timeout, Ct);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sent);
    }

    [Fact]
    public async Task Early_Answer_IsWholeBeforeTheBodyIsSent()
    {
        Azure.Script = new() { Text = "Hi there.", Early = true };
        using var content = new HeldContent(2 * 1024 * 1024);
        using var message = new HttpRequestMessage(HttpMethod.Post, V1) { Content = content, Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };

        using var response = await Client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, Ct);
        var frames = Frames(await response.Content.ReadAsStringAsync(Ct));
        var request = await Azure.Requests.ReadAsync(Ct);

        Assert.Equal(["Hi", " there."], Said(frames));
        Assert.False(request.Completed.IsCompleted);
        content.Release();
        await request.Completed.WaitAsync(Timeout, Ct);
        Assert.Equal(2 * 1024 * 1024, request.Body.Length);
    }
}
