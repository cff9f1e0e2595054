using System.Diagnostics;
using System.Text.RegularExpressions;
using Gateway.EndUsers;

namespace Gateway.Tests.EndUsers;

/// <summary>What docs/end-users.md tells a backend to do.</summary>
public sealed partial class DocumentedTokenTests : IDisposable
{
    private readonly Identities _identities = new();

    public void Dispose() => _identities.Dispose();

    [Fact]
    public async Task Shell_Pasted_SignsATokenThatCounts()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "It is for a POSIX shell.");
        var script = ShellBlock().Match(await DocumentAsync()).Groups[1].Value;

        var token = await RunAsync(script);

        var (user, problem) = _identities.Tokens.Read(token, "elevenlabs", TimeProvider.System.GetUtcNow());
        Assert.Null(problem);
        Assert.Equal(new EndUser("elevenlabs", _identities.Ids.KeyOf("user-1")!, EndUserTrust.Signed), user);
    }

    private static async Task<string> RunAsync(string script)
    {
        var start = new ProcessStartInfo("sh", ["-c", script]) { RedirectStandardOutput = true, Environment = { ["END_USER_SIGNING"] = Identities.Secret } };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken).WaitAsync(TestTimeouts.Default, TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return output.Trim();
    }

    private static async Task<string> DocumentAsync()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root!.FullName, "FunctionsApp.sln"))) root = root.Parent;
        return await File.ReadAllTextAsync(Path.Combine(root.FullName, "docs", "end-users.md"), TestContext.Current.CancellationToken);
    }

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShellBlock();
}
