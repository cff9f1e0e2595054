using System.Text.Json;

namespace FunctionsApp.Tests.ProjectFiles;

/// <summary>What MSBuild makes of a project file with everything that it imports. Needs no restore.</summary>
internal sealed class ProjectEvaluation(JsonElement result)
{
    /// <summary>Evaluates a project and, where the arguments name one, runs a target.</summary>
    public static async Task<ProjectEvaluation> OfAsync(string project, string[] arguments)
    {
        using var msbuild = new DotnetCommand(["msbuild", project, "-nodeReuse:false", .. arguments]);
        var (exitCode, output, errors) = await msbuild.EndAsync(CancellationToken.None).WaitAsync(TestTimeouts.Default);
        Assert.True(exitCode == 0, output + errors);
        using var json = JsonDocument.Parse(output);
        return new ProjectEvaluation(json.RootElement.Clone());
    }

    public string Property(string name) => result.GetProperty("Properties").GetProperty(name).GetString()!;

    /// <summary>The items of one kind, each with its metadata, by their identity.</summary>
    public IReadOnlyDictionary<string, JsonElement> Items(string kind) =>
        result.GetProperty("Items").GetProperty(kind).EnumerateArray().ToDictionary(item => Metadata(item, "Identity"));

    /// <summary>One metadatum of an item; empty where it has none.</summary>
    public static string Metadata(JsonElement item, string name) => item.TryGetProperty(name, out var value) ? value.GetString()! : "";
}
