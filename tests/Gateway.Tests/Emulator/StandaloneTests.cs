using System.Diagnostics;

namespace Gateway.Tests.Emulator;

public sealed class StandaloneTests
{
    [Fact]
    public async Task Program_Started_SaysWhereItListensAndAnswers()
    {
        var ct = TestContext.Current.CancellationToken;
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Emulator.dll"), "--urls", "http://127.0.0.1:0"]) { RedirectStandardOutput = true })!;
        try
        {
            var start = await process.StandardOutput.ReadLineAsync(ct).AsTask().WaitAsync(TestTimeouts.Default, ct);
            var curl = await process.StandardOutput.ReadLineAsync(ct).AsTask().WaitAsync(TestTimeouts.Default, ct);
            var address = start!.Split(' ')[^1];
            using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new(address) };

            Assert.StartsWith($"curl -N {address}openai/v1/chat/completions ", curl, StringComparison.Ordinal);
            Assert.Equal("ok", await client.GetStringAsync("/health", ct));
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }
}
