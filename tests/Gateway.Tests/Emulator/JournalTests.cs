using System.Net.Sockets;
using System.Text;
using Emulator;

namespace Gateway.Tests.Emulator;

public sealed class JournalTests : EmulatorTest
{
    [Fact]
    public async Task Request_Arrived_IsThereAsItCame()
    {
        const string path = "/openai/deployments/my%20demo/chat/completions?api-version=2024-10-21&x=%C3%A4";
        var body = Ask("Grüße");
        await BodyAsync(body, path: path);

        var request = await NextAsync();

        Assert.Equal("POST", request.Method);
        Assert.Equal(path, request.PathAndQuery);
        Assert.Equal("HTTP/1.1", request.Protocol);
        Assert.Equal("any", request.Headers["API-KEY"]);
        Assert.Equal(body, Encoding.UTF8.GetString(request.Body.Span));
        Assert.Equal("my demo", request.Deployment);
        Assert.NotEmpty(request.ConnectionId);
        await request.FirstByte.WaitAsync(Timeout, Ct);
        await request.Completed.WaitAsync(Timeout, Ct);
        Assert.False(request.Aborted.IsCompleted);
    }

    [Fact]
    public async Task Deployment_OnV1_IsTheModel()
    {
        await BodyAsync(Ask("Hi"));

        Assert.Equal("demo", (await NextAsync()).Deployment);
    }

    [Fact]
    public async Task Refused_Requests_AreThereToo()
    {
        Client.DefaultRequestHeaders.Clear();
        await BodyAsync("no json", System.Net.HttpStatusCode.Unauthorized);

        var request = await NextAsync();

        Assert.Equal("no json", Encoding.UTF8.GetString(request.Body.Span));
        Assert.Equal("", request.Deployment);
    }

    [Fact]
    public async Task Connection_UsedTwice_HasOneId()
    {
        await BodyAsync(Ask("Hi"));
        await BodyAsync(Ask("Hi"));

        Assert.Equal((await NextAsync()).ConnectionId, (await NextAsync()).ConnectionId);
    }

    [Theory]
    [InlineData("""{"fault":"stall"}""", false)]
    [InlineData("""{"fault":"stall","after":0}""", true)]
    [InlineData("""{"fault":"stall","after":0,"stall_fill":"comments","stall_every_ms":1}""", true)]
    [InlineData("""{"headers_ms":1000000}""", false)]
    [InlineData("""{"text":"a","first_token_ms":1000000}""", true)]
    [InlineData("""{"chunks":100000}""", true)]
    public async Task HangUp_OfTheClient_IsSeen(string script, bool hasHeaders)
    {
        using var hangUp = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        using var message = new HttpRequestMessage(HttpMethod.Post, V1) { Content = Json(Scripted(script)) };
        var sent = Client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, hangUp.Token);
        var request = await NextAsync();
        Assert.False(request.Aborted.IsCompleted);

        if (hasHeaders)
            (await sent.WaitAsync(Timeout, Ct)).Dispose();
        else
            await hangUp.CancelAsync();

        await request.Aborted.WaitAsync(Timeout, Ct);
        await request.Completed.WaitAsync(Timeout, Ct);
        Assert.Equal(hasHeaders, request.FirstByte.IsCompleted);
    }

    [Theory]
    [InlineData("""{"status":500}""", "leak)\",\"type\":")]
    [InlineData("""{"text":"a"}""", "data: [DONE]\n\n")]
    public async Task HangUp_WithTheWholeAnswerInHand_IsNone(string script, string end)
    {
        for (var round = 0; round < 20; round++)
        {
            var body = Scripted(script);
            using var client = new TcpClient();
            await client.ConnectAsync(Azure.Endpoint.Host, Azure.Endpoint.Port, Ct);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST {V1} HTTP/1.1\r\nhost: x\r\napi-key: any\r\ncontent-length: {body.Length}\r\n\r\n{body}"), Ct);
            var answer = "";
            for (var bytes = new byte[4096]; !answer.Contains(end, StringComparison.Ordinal);)
                answer += Encoding.UTF8.GetString(bytes, 0, await client.GetStream().ReadAsync(bytes, Ct).AsTask().WaitAsync(Timeout, Ct));
            client.Close();

            var request = await NextAsync();

            await request.Completed.WaitAsync(Timeout, Ct);
            Assert.False(request.Aborted.IsCompleted);
        }
    }

    [Theory]
    [InlineData("""{"fault":"reset"}""")]
    [InlineData("""{"text":"a b","fault":"reset","after":1}""")]
    public async Task Reset_ByTheScript_IsNoHangUp(string script)
    {
        await Assert.ThrowsAsync<HttpRequestException>(() => BodyAsync(Scripted(script)));

        var request = await NextAsync();

        await request.Completed.WaitAsync(Timeout, Ct);
        Assert.False(request.Aborted.IsCompleted);
    }

    [Fact]
    public async Task Early_Answer_OnHttp1_IsWholeBeforeTheBodyIsSent()
    {
        Azure.Script = new() { Body = "early", Early = true };
        using var client = new TcpClient();
        await client.ConnectAsync(Azure.Endpoint.Host, Azure.Endpoint.Port, Ct);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST {V1} HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\n"), Ct);

        using var reader = new StreamReader(client.GetStream());
        while (await reader.ReadLineAsync(Ct).AsTask().WaitAsync(Timeout, Ct) is { Length: > 0 })
        {
        }

        var answer = new char[5];
        await reader.ReadBlockAsync(answer, Ct).AsTask().WaitAsync(Timeout, Ct);
        var request = await NextAsync();
        Assert.Equal("early", new string(answer));
        Assert.False(request.Completed.IsCompleted);
        await client.GetStream().WriteAsync("late"u8.ToArray(), Ct);
        await request.Completed.WaitAsync(Timeout, Ct);
        Assert.Equal("late"u8, request.Body.Span);
    }

    [Fact]
    public async Task Journal_Off_StaysEmpty()
    {
        await using var silent = await AzureOpenAIEmulator.StartAsync(new() { Journal = false });
        silent.ScriptFor = _ => new() { Text = "asked" };
        using var response = await Client.PostAsync(new Uri(silent.Endpoint, V1), Json(Ask("Hi")), Ct);

        Assert.Contains("asked", await response.Content.ReadAsStringAsync(Ct), StringComparison.Ordinal);
        Assert.False(silent.Requests.TryRead(out _));
    }

    private Task<EmulatedRequest> NextAsync() => Azure.Requests.ReadAsync(Ct).AsTask().WaitAsync(Timeout, Ct);
}
