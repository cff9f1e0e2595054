using System.Text.Json;
using System.Text.RegularExpressions;

namespace FunctionsApp.Tests.ProjectFiles;

public sealed partial class SolutionTests
{
    private const string FunctionsApp = "src/FunctionsApp/FunctionsApp.csproj";

    private static IEnumerable<string> InTheSolution => ProjectPath.Matches(Repository.Read("FunctionsApp.sln")).Select(match => match.Value.Trim('"').Replace('\\', '/'));

    [Fact]
    public void Filter_ComparedWithTheSolution_HasEverythingButTheFunctionsApp()
    {
        using var filter = JsonDocument.Parse(Repository.Read("tests.slnf"));
        var filtered = filter.RootElement.GetProperty("solution").GetProperty("projects").EnumerateArray().Select(project => project.GetString()!.Replace('\\', '/'));

        Assert.Equal(InTheSolution.Where(project => project != FunctionsApp).ToHashSet(), filtered.ToHashSet());
    }

    [Fact]
    public void Solution_ComparedWithTheFolders_HasEveryProject()
    {
        string[] folders = [.. Directory.EnumerateDirectories(Repository.PathOf("src")), .. Directory.EnumerateDirectories(Repository.PathOf("tests"))];
        var projects = folders.SelectMany(folder => Directory.EnumerateFiles(folder, "*.csproj")).Select(path => Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'));

        Assert.Equal(projects.ToHashSet(), InTheSolution.ToHashSet());
    }

    [GeneratedRegex("\"[^\"]+\\.csproj\"")]
    private static partial Regex ProjectPath { get; }
}
