using System.Text;
using System.Text.Json;

namespace Gateway.Tests.ChatCompletions;

/// <summary>
/// Over HTTP/2 a response may come while the request's body is still being sent, and after a cancel the writer still runs. A buffer that goes
/// back to the pool too early then sends the prompt of another turn upstream.
/// </summary>
public sealed class BodyBufferTests
{
    [Fact]
    public async Task Upstream_AnswersBeforeReading_NeverSeesBytesOfAnotherTurn()
    {
        await using var host = await GatewayHost.StartAsync(emulatorOptions: new() { Url = new("https://localhost:0"), AcceptedKeys = [GatewayHost.UpstreamKey] });
        host.Emulator.Script = new() { Early = true, Text = "Early." };

        const int Turns = 200;
        var sending = Enumerable.Range(0, Turns).Select(async i =>
        {
            using var request = GatewayHost.Turn(Ask((char)('a' + (i % 26))));
            // Every other caller hangs up in the middle.
            using var hangUp = new CancellationTokenSource();
            try
            {
                using var response = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, hangUp.Token);
                if (i % 2 == 0) await hangUp.CancelAsync();
                await response.Content.ReadAsByteArrayAsync(hangUp.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or HttpRequestException)
            {
            }
        });
        await Task.WhenAll(sending);

        var whole = 0;
        while (host.Emulator.Requests.TryRead(out var request))
        {
            await request.Completed.WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);
            // A body that was cut by a hang-up is a beginning of one turn's.
            var body = Encoding.UTF8.GetString(request.Body.Span);
            var letters = body.Where(char.IsAsciiLetterLower).GroupBy(letter => letter).Where(letter => letter.Count() > 10_000).ToArray();
            Assert.True(letters.Length <= 1, "The body has the text of several turns.");
            if (body.Length < 200_000) continue;
            whole++;
            Assert.Equal(200_000, JsonElement.Parse(body).GetProperty("messages")[0].GetProperty("content").GetString()!.Distinct().Count() == 1 ? 200_000 : 0);
        }

        Assert.True(whole > 0);
    }

    private static string Ask(char letter) => $$"""{"stream":true,"messages":[{"role":"user","content":"{{new string(letter, 200_000)}}"}]}""";
}
