using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using Gateway.Secrets;
using Gateway.Tests.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

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
    [InlineData("""{"Deployments__0__Name":"secret-marker"}""", "local.settings.json has no \"Values\"")]
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

        Assert.Matches(@"^Failed to bind to address http://127\.0\.0\.1:\d+: address already in use\. Another: --urls http://127\.0\.0\.1:5081$", error.Trim());
        Assert.DoesNotContain(" at ", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Webhooks__Enabled", "yes")]
    [InlineData("Webhooks__KeepTranscripts", "1")]
    [InlineData("Privacy__Enabled", "True1")]
    public async Task Start_SwitchThatIsNeitherOnNorOff_IsNamedInALine(string setting, string value)
    {
        var (_, error) = await FailToStartAsync("Development", Path.GetTempPath(), settings: new() { ["Webhooks__Enabled"] = "true", [setting] = value });

        Assert.Equal($"{setting} has a value of the wrong kind: it must be true or false.", error.Trim());
    }

    [Theory]
    [InlineData("Unknown command 'backfil'. There is one, backfill; without it the server runs.", "backfil", "--since", "2026-11-01")]
    [InlineData("Unknown option '--url'. There are --urls <address> and the settings, such as --Webhooks:Enabled true.", "--url", "http://127.0.0.1:5081")]
    [InlineData("The option '--urls' has no value.", "--urls")]
    public async Task Arguments_ThatAreNone_AreToldInALine(string problem, params string[] args)
    {
        var (output, error) = await FailAsync(2, args, "Development", Path.GetTempPath(), []);

        Assert.Equal(problem, error.Trim());
        Assert.Empty(output);
    }

    [Theory]
    [InlineData("5081")]
    [InlineData("http://127.0.0.1:99999")]
    [InlineData("https://127.0.0.1:5081")]
    [InlineData("http://127.0.0.1:5081;https://127.0.0.1:5082")]
    [InlineData("http://127.0.0.1:5081/v1")]
    [InlineData("http://:")]
    [InlineData("http://unix:")]
    [InlineData("http://unix:/")]
    [InlineData("http://pipe:/calls")]
    public async Task Urls_ThatTheServerCannotHave_AreToldInALine(string urls)
    {
        var (output, error) = await FailAsync(2, [$"--urls={urls}"], "Development", Path.GetTempPath(), []);

        Assert.Equal("The option '--urls' wants addresses such as http://127.0.0.1:5081, separated by ';'. The server speaks http only: TLS is for what stands before it.", error.Trim());
        Assert.Empty(output);
    }

    [Theory]
    [InlineData("http://localhost:0")]
    [InlineData("http://127.0.0.1:5081;http://LOCALHOST:0")]
    public async Task Urls_OfLocalhostWithAnyPort_AreToldInALine(string urls)
    {
        var (output, error) = await FailAsync(2, ["--urls", urls], "Development", Path.GetTempPath(), []);

        Assert.Equal("The option '--urls' takes no port 0 with localhost, which is two addresses. A port that is free: http://127.0.0.1:0", error.Trim());
        Assert.Empty(output);
    }

    [Theory]
    [InlineData("http://myhost:5081")]
    [InlineData("http://127.0.0.l:5081")]
    [InlineData("http://127.0.0.1:5081;http://example.com")]
    public async Task Urls_OfAName_AreToldInALine(string urls)
    {
        var (output, error) = await FailAsync(2, ["--urls", urls], "Development", Path.GetTempPath(), []);

        Assert.Equal("The option '--urls' takes no name but localhost: a server would listen on every interface. Where it is to, that is http://*:5081", error.Trim());
        Assert.Empty(output);
    }

    [Fact]
    public async Task Urls_OfAnotherMachine_AreToldInALine()
    {
        // An address for documents, which no machine has.
        var (output, error) = await FailAsync(1, ["--urls", "http://192.0.2.1:0"], "Development", Path.GetTempPath(), []);

        Assert.Matches(@"^Failed to bind to the address: [^.]+\. Another: --urls http://127\.0\.0\.1:5081$", error.Trim());
        Assert.DoesNotContain(" at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WithAFolderThatCannotBeMade_NamesItInALine()
    {
        var file = Path.GetTempFileName();
        try
        {
            var (output, error) = await FailToStartAsync("Development", Path.GetTempPath(), settings: Keeping(Path.Combine(file, "calls")));

            var line = Assert.Single(error.Trim().Split('\n'));
            Assert.StartsWith("Storage__Folder cannot be made: ", line, StringComparison.Ordinal);
            Assert.Contains(file, line, StringComparison.Ordinal);
            Assert.DoesNotContain("What is kept", output, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Start_RefusedForAnotherSetting_MakesNoFolder()
    {
        using var folder = new TemporaryFolder();
        var settings = Keeping(Path.Combine(folder.Path, "calls"));
        settings["HedgePercent"] = "101";

        var (_, error) = await FailToStartAsync("Development", folder.Path, settings: settings);

        Assert.Equal("HedgePercent must be from 0 to 100.", error.Trim());
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public async Task Start_WithABlankFolder_IsRefusedAndMakesNone(string blank)
    {
        using var folder = new TemporaryFolder();

        var (_, error) = await FailToStartAsync("Development", folder.Path, settings: Keeping(blank));

        Assert.Equal("Storage__Folder must not be blank.", error.Trim());
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task Arguments_ThatAreSettings_AreTaken()
    {
        // Of the drive that a socket's path names on Windows there need be none.
        var socket = OperatingSystem.IsWindows() ? "" : ";http://unix:/never-made.sock";
        var (_, error) = await FailAsync(1, [$"--urls=http://*:0;http://+:0;http://localhost:5081;http://127.0.0.1:0;http://0.0.0.0:0;http://[::1]:0;http://[::]:0{socket}", "--AZURE_CLIENT_ID", "00000000-0000-0000-0000-000000000000", "--environment", "Production", "--HedgePercent", "5", "--webhooks:enabled=false", "--Logging:LogLevel:Default=Warning"], "Development", Path.GetTempPath(), []);

        Assert.Contains("KeyVault__Uri is required", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData("Secrets:11:Name", 1)]
    public async Task Secrets_BesideAVault_AreWarnedOfWhereSomebodyHasSetThem(string? setting, int warnings)
    {
        var log = new LogRecorder();
        // With the emulator, which has a key of its own where there is no vault.
        await using var server = await global::Server.ServerApplication.BuildAsync(["--environment=Development"], builder =>
        {
            builder.Configuration.Sources.Clear();
            builder.Configuration.AddInMemoryCollection([new("KeyVault:Uri", "https://contoso.vault.azure.net/"), .. setting is null ? Array.Empty<KeyValuePair<string, string?>>() : [new(setting, "caller-elevenlabs"), new("Secrets:11:Value", "secret-marker")]]);
            builder.Logging.ClearProviders().AddProvider(log);
        });

        server.App.Services.GetRequiredService<SecretStore>();

        Assert.Equal(warnings, log.Records.Count(record => record.Message.StartsWith("Secrets__… are not read, because KeyVault__Uri is set", StringComparison.Ordinal)));
        Assert.DoesNotContain(log.Records, record => record.Message.Contains("secret-marker", StringComparison.Ordinal));
    }

    /// <summary>Calls are kept, and the key of end users is given: the server would keep one of its own with the files of whoever runs this.</summary>
    private static Dictionary<string, string> Keeping(string folder) => new()
    {
        ["Webhooks__Enabled"] = "true",
        ["Webhooks__KeepTranscripts"] = "true",
        ["Storage__Folder"] = folder,
        ["Secrets__0__Name"] = "end-user-key",
        ["Secrets__0__Value"] = "0123456789",
    };

    private static Task<(string Output, string Error)> FailToStartAsync(string environment, string folder, int port = 0, Dictionary<string, string>? settings = null) =>
        FailAsync(1, ["--urls", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")], environment, folder, settings ?? []);

    private static async Task<(string Output, string Error)> FailAsync(int code, string[] args, string environment, string folder, Dictionary<string, string> settings)
    {
        var server = Path.Combine(Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location)!, "Server.dll");
        var start = new ProcessStartInfo("dotnet", [server, .. args]) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = folder };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = environment;
        foreach (var (name, value) in settings) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var error = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);
            Assert.Equal(code, process.ExitCode);
            return (await output, error);
        }
        finally
        {
            // One that runs all the same.
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
