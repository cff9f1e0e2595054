using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Reflection;

namespace Gateway.Tests.Server;

/// <summary>The server as a process, as <c>dotnet run --project src/Server</c> starts it.</summary>
public sealed class ServerTests
{
    [Fact]
    public async Task Start_ProductionWithoutSettings_NamesThemOnStandardErrorAndEnds()
    {
        var (output, error) = await FailToStartAsync("Production", Path.GetTempPath());

        Assert.Contains("Deployments__0__Name and Deployments__0__Endpoint are required", error, StringComparison.Ordinal);
        Assert.Contains("KeyVault__Uri is required", error, StringComparison.Ordinal);
        Assert.DoesNotContain(" at ", error, StringComparison.Ordinal);
        Assert.Empty(output);
    }

    [Theory]
    [InlineData("""{"Values":{"Secrets__0__Value":"secret-marker"}""", "local.settings.json is not valid JSON (line 1")]
    [InlineData("""["secret-marker"]""", "local.settings.json must hold a JSON object")]
    [InlineData("""{"Values":["secret-marker"]}""", "\"Values\" must be an object")]
    public async Task Start_BrokenLocalSettings_NamesTheFileAndNothingOfIt(string settings, string expected)
    {
        var folder = Directory.CreateTempSubdirectory("settings-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "local.settings.json"), settings, TestContext.Current.CancellationToken);

            var (output, error) = await FailToStartAsync("Development", folder.FullName);

            Assert.Contains(expected, error, StringComparison.Ordinal);
            Assert.DoesNotContain("secret-marker", output + error, StringComparison.Ordinal);
            Assert.DoesNotContain(" at ", error, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Start_PortTaken_SaysSoInALine()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        var (output, error) = await FailToStartAsync("Development", Path.GetTempPath(), port: ((IPEndPoint)taken.LocalEndpoint).Port);

        Assert.Matches(@"^Failed to bind to address http://127\.0\.0\.1:\d+: address already in use\.$", error.Trim());
        Assert.DoesNotContain(" at ", output, StringComparison.Ordinal);
    }

    private static async Task<(string Output, string Error)> FailToStartAsync(string environment, string folder, int port = 0)
    {
        var server = Path.Combine(Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location)!, "Server.dll");
        var start = new ProcessStartInfo("dotnet", [server, "--urls", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")]) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = folder };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = environment;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);
        Assert.Equal(1, process.ExitCode);
        return (await output, error);
    }
}
