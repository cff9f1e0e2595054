using System.Diagnostics;
using System.Reflection;

namespace Gateway.Tests.Server;

/// <summary>The server as a process, as <c>dotnet run --project src/Server</c> starts it.</summary>
public sealed class ServerTests
{
    [Fact]
    public async Task Start_ProductionWithoutSettings_NamesThemOnStandardErrorAndEnds()
    {
        using var process = Start(new() { ["ASPNETCORE_ENVIRONMENT"] = "Production" });

        var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);

        Assert.Contains("Deployments__0__Name and Deployments__0__Endpoint are required", error, StringComparison.Ordinal);
        Assert.Contains("KeyVault__Uri is required", error, StringComparison.Ordinal);
        Assert.DoesNotContain(" at ", error, StringComparison.Ordinal);
        Assert.Equal(1, process.ExitCode);
    }

    private static Process Start(Dictionary<string, string> environment)
    {
        var server = Path.Combine(Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location)!, "Server.dll");
        var start = new ProcessStartInfo("dotnet", [server, "--urls", "http://127.0.0.1:0"]) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = Path.GetTempPath() };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }
}
