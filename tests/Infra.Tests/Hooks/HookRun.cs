using System.Runtime.Versioning;
using System.Text;

namespace Infra.Tests.Hooks;

/// <summary>Runs a hook in a copy of the folders it lives in, with nothing on PATH but what it may use and stand-ins for az and azd.</summary>
internal sealed class HookRun : IDisposable
{
    private static readonly string[] Tools =
    [
        "awk", "base64", "cat", "cut", "date", "dd", "dirname", "grep", "ls", "mktemp", "mv", "rm", "sed", "sh", "sort", "tr", "wc",
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _environment;

    public HookRun(params Answer[] az)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The sh hooks run where there is a POSIX shell.");
        foreach (var tool in Tools)
        {
            var path = Tool.Find(tool);
            Assert.SkipWhen(path is null, $"{tool} is not on PATH.");
            Directory.CreateDirectory(_folder.PathOf("bin"));
            File.CreateSymbolicLink(_folder.PathOf($"bin/{tool}"), path);
        }

        foreach (var file in (string[])["infra/hooks/preprovision.sh", "infra/hooks/postprovision.sh", "infra/hooks/postdown.sh", "infra/deployments.json", "infra/secret.bicep"])
        {
            _folder.Write($"root/{file}", Repository.Read(file));
        }

        StandIn("az", az);
        StandIn("azd", new Answer("env set *"));
        StandIn("sleep", new Answer("*"));
        _environment = new Dictionary<string, string>
        {
            ["PATH"] = _folder.PathOf("bin"),
            ["TMPDIR"] = Directory.CreateDirectory(_folder.PathOf("tmp")).FullName,
            ["AZURE_ENV_NAME"] = "voice",
            ["AZURE_SUBSCRIPTION_ID"] = "subscription",
            ["AZURE_LOCATION"] = "swedencentral",
        };
    }

    public string this[string variable] { set => _environment[variable] = value; }

    public string[] Calls => Lines("calls");

    /// <summary>The calls that change something: azd, and az where it does more than look.</summary>
    public IEnumerable<string> Changes => Calls.Where(c => !c.StartsWith("sleep", StringComparison.Ordinal)
        && !c.Contains(" list", StringComparison.Ordinal) && !c.Contains(" show", StringComparison.Ordinal) && !c.Contains(" exists", StringComparison.Ordinal) && !c.Contains("--method get", StringComparison.Ordinal));

    /// <summary>The content of every file that a command was given, and the mode that the file had.</summary>
    public string[] Files => Lines("files");

    /// <summary>Every query that az was given, with the call that it stood in.</summary>
    public IEnumerable<(string Call, string Query)> Queries => Lines("queries").Chunk(2).Select(pair => (pair[0], pair[1]));

    public string PathOf(string relative) => _folder.PathOf($"root/{relative}");

    public void Write(string relative, string text) => _folder.Write($"root/{relative}", text);

    public void Without(string variable) => _environment.Remove(variable);

    public void WithoutAz() => File.Delete(_folder.PathOf("bin/az"));

    public IEnumerable<string> LeftBehind() => Directory.EnumerateFileSystemEntries(_folder.PathOf("tmp"));

    public Task<ToolResult> RunAsync(string hook) =>
        Tool.RunAsync(_folder.PathOf("bin/sh"), [_folder.PathOf($"root/infra/hooks/{hook}.sh")], folder: _folder.Root, environment: _environment);

    public void Dispose() => _folder.Dispose();

    [UnsupportedOSPlatformGuard("windows")]
    private static bool IsPosix => !OperatingSystem.IsWindows();

    private string[] Lines(string file) => File.Exists(_folder.PathOf(file)) ? File.ReadAllLines(_folder.PathOf(file)) : [];

    private void StandIn(string name, params Answer[] answers)
    {
        var script = new StringBuilder($$"""
            #!/bin/sh
            printf '%s\n' "{{name}} $*" | tr '\n' ' ' >>'{{_folder.PathOf("calls")}}'
            echo >>'{{_folder.PathOf("calls")}}'
            for argument; do
              case $argument in
                @*) file=${argument#@} ;;
                *) [ "${previous:-}" = --file ] && file=$argument || file= ;;
              esac
              if [ "${previous:-}" = --query ]; then printf '%s\n' "{{name}} $*" "$argument" >>'{{_folder.PathOf("queries")}}'; fi
              if [ -n "$file" ]; then { ls -l "$file" | cut -c1-10; cat "$file"; echo; } >>'{{_folder.PathOf("files")}}'; fi
              previous=$argument
            done

            """);
        for (var i = 0; i < answers.Length; i++)
        {
            var answer = answers[i];
            var output = _folder.Write($"answers/{name}.{i}", answer.Output.Length == 0 ? "" : answer.Output + "\n");
            var counter = _folder.PathOf($"answers/{name}.{i}.count");
            var condition = answer.Times == 0 ? "true" : $"[ \"$(cat '{counter}' 2>/dev/null | wc -l)\" -lt {answer.Times} ]";
            script.Append($$"""
                case "$*" in {{answer.Pattern.Replace(" ", "\\ ", StringComparison.Ordinal).Replace("(", "\\(", StringComparison.Ordinal).Replace(")", "\\)", StringComparison.Ordinal)}})
                  if {{condition}}; then
                    echo >>'{{counter}}'
                    cat '{{output}}'{{(answer.ExitCode == 0 ? "" : " >&2")}}
                    exit {{answer.ExitCode}}
                  fi ;;
                esac

                """);
        }

        script.Append($"echo \"{name}: not expected: $*\" >&2\nexit 9\n");
        var path = _folder.Write($"bin/{name}", script.ToString());
        if (IsPosix) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }
}
