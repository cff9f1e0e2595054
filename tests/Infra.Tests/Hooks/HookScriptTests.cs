using System.Text.RegularExpressions;

namespace Infra.Tests.Hooks;

public sealed partial class HookScriptTests
{
    public static TheoryData<string> Hooks => ["preprovision", "postprovision", "postdown"];

    [Theory]
    [MemberData(nameof(Hooks))]
    public async Task Hook_Checked_ReportsNothing(string hook)
    {
        var result = await ShellCheckAsync(Repository.PathOf($"infra/hooks/{hook}.sh"));

        Assert.Equal((0, ""), (result.ExitCode, result.All));
    }

    // azd names the file to a shell, which then has to be allowed to execute it.
    [Theory]
    [MemberData(nameof(Hooks))]
    public void Hook_OfPosix_IsExecutable(string hook)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no such bit.");
        else Assert.True(File.GetUnixFileMode(Repository.PathOf($"infra/hooks/{hook}.sh")).HasFlag(UnixFileMode.UserExecute));
    }

    [Fact]
    public async Task ShellCheck_PlantedMistake_IsFound()
    {
        using var folder = new TemporaryFolder();

        var result = await ShellCheckAsync(folder.Write("planted.sh", "#!/bin/sh\nrm -rf $1/*\n"));

        Assert.NotEqual(0, result.ExitCode);
    }

    // PowerShell is not everywhere, so that both do the same is proven by what they call.
    [Theory]
    [MemberData(nameof(Hooks))]
    public void Hook_OfEitherShell_MakesTheSameCalls(string hook) =>
        Assert.Equal(Calls(Script(hook, "sh")), Calls(Script(hook, "ps1")));

    [Theory]
    [MemberData(nameof(Hooks))]
    public void Hook_OfEitherShell_SaysTheSame(string hook)
    {
        var said = Sentence().Matches(Script(hook, "sh")).Select(m => m.Value).Distinct().ToList();

        Assert.NotEmpty(said);
        Assert.All(said, sentence => Assert.Contains(sentence, Script(hook, "ps1"), StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Hooks))]
    public void Hook_OfPosix_StopsAtTheFirstFailure(string hook)
    {
        Assert.StartsWith("#!/bin/sh\n", Script(hook, "sh"), StringComparison.Ordinal);
        Assert.Contains("\nset -eu\n", Script(hook, "sh"), StringComparison.Ordinal);
        Assert.Contains("\n$ErrorActionPreference = 'Stop'\n", Script(hook, "ps1"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Hooks))]
    public void Hook_OfPowerShell_WritesOverNoParameter(string hook) => Assert.Empty(Overwritten(Script(hook, "ps1")));

    [Fact]
    public void Parameter_WrittenOver_IsFound() =>
        Assert.Equal(["$rest"], Overwritten("function Get-One($region, $rest) {\n    $rest = Get-Two $region\n}\n$region = 1\n"));

    [Fact]
    public void Calls_Planted_Differ() =>
        Assert.NotEqual(Calls("  az keyvault secret set --name x\n"), Calls("  az keyvault secret delete --name x\n"));

    // A call is its words up to the first option; a command that is only spoken of is within quotes or a comment.
    [GeneratedRegex(@"(?<=^|[\s(])(az|azd)( [a-z][a-z-]+)+(?= --| [A-Z]| \$)")]
    private static partial Regex Call();

    // Runs of words without a variable, long enough to be a sentence: the part of a message that both must have.
    [GeneratedRegex(@"(?<=['""])[A-Z][a-z]+( [a-zA-Z.,;()-]+){5,}")]
    private static partial Regex Sentence();

    [GeneratedRegex(@"^function [\w-]+\((?:\[[^\]]*\]*\] )?(?<parameters>[^)]*)\) \{\n(?<body>.*?)^\}", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Function();

    private static IEnumerable<string> Overwritten(string script) =>
        Function().Matches(script).SelectMany(f => f.Groups["parameters"].Value.Split(", ").Where(p => Regex.IsMatch(f.Groups["body"].Value, $@"{Regex.Escape(p)} [+-]?= ")));

    private static string Script(string hook, string kind) => Repository.Read($"infra/hooks/{hook}.{kind}");

    private static IEnumerable<string> Calls(string script) =>
        script.Split('\n').Where(line => !line.TrimStart().StartsWith('#'))
            .SelectMany(line => Call().Matches(line)).Select(m => m.Value).Distinct().Order(StringComparer.Ordinal);

    private static Task<ToolResult> ShellCheckAsync(string file)
    {
        var shellcheck = Tool.Find("shellcheck");
        Assert.SkipWhen(shellcheck is null, "shellcheck is not on PATH.");
        return Tool.RunAsync(shellcheck!, ["--shell=sh", file]);
    }
}
