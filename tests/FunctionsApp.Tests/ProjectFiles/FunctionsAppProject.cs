namespace FunctionsApp.Tests.ProjectFiles;

/// <summary>The project file of the Functions app, evaluated in copies of the files that it depends on, with and without local settings beside it.</summary>
public sealed class FunctionsAppProject : IAsyncLifetime
{
    public const string RelativeOutDir = "bin/elsewhere/";

    private const string Project = "src/FunctionsApp/FunctionsApp.csproj";

    private readonly string _folder = Directory.CreateTempSubdirectory("functions-app-").FullName;

    /// <summary>As it is built on a developer's machine that has no local settings.</summary>
    internal ProjectEvaluation Debug { get; private set; } = null!;

    /// <summary>As it is published from a developer's machine that has local settings.</summary>
    internal ProjectEvaluation Release { get; private set; } = null!;

    /// <summary>As <c>dotnet run</c> sees it where somebody chose a relative output folder.</summary>
    internal ProjectEvaluation Run { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        string[] asked =
        [
            "-getProperty:TargetFramework,AzureFunctionsVersion,OutputType,CentralPackageTransitivePinningEnabled,JsonSerializerIsReflectionEnabledByDefault,UserSecretsId",
            "-getProperty:RuntimeIdentifier,SelfContained,PublishReadyToRun,PublishReadyToRunComposite,PublishSingleFile,PublishTrimmed",
            "-getItem:PackageReference,PackageVersion,FrameworkReference,ProjectReference,None",
        ];
        var evaluations = await Task.WhenAll(
            ProjectEvaluation.OfAsync(Copy("debug", hasLocalSettings: false), asked),
            ProjectEvaluation.OfAsync(Copy("release", hasLocalSettings: true), ["-p:Configuration=Release", .. asked]),
            ProjectEvaluation.OfAsync(Copy("run", hasLocalSettings: false), [$"-p:OutDir={RelativeOutDir}", "-t:RunInTargetDirectory", "-getProperty:RunWorkingDirectory,MSBuildProjectDirectory"]));
        (Debug, Release, Run) = (evaluations[0], evaluations[1], evaluations[2]);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private string Copy(string name, bool hasLocalSettings)
    {
        var root = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, Project))!);
        string[] files = ["global.json", "Directory.Build.props", "Directory.Packages.props", "host.json", Project];
        foreach (var file in files) File.Copy(Repository.PathOf(file), Path.Combine(root, file));
        if (hasLocalSettings) File.WriteAllText(Path.Combine(root, "local.settings.json"), "{}");
        return Path.Combine(root, Project);
    }
}
