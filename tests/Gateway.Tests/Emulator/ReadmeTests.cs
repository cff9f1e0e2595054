using System.Reflection;
using System.Text.Json;
using Emulator;

namespace Gateway.Tests.Emulator;

public sealed class ReadmeTests
{
    [Fact]
    public async Task Examples_Pasted_AreScripts()
    {
        var examples = (await ReadmeAsync()).Split('\n').Where(line => line.StartsWith("#emulate ", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(examples);
        Assert.All(examples, example => EmulatorScript.Parse(System.Text.Encoding.UTF8.GetBytes(example["#emulate ".Length..])));
    }

    [Fact]
    public async Task Reference_Lists_EveryOptionAndFault()
    {
        var readme = await ReadmeAsync();

        var options = typeof(EmulatorScript).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => property.Name)
            .Select(name => name is nameof(EmulatorScript.Gate) or nameof(EmulatorScript.SseBytes) ? name : JsonNamingPolicy.SnakeCaseLower.ConvertName(name));
        var faults = Enum.GetNames<EmulatorFault>().Select(JsonNamingPolicy.SnakeCaseLower.ConvertName);
        Assert.All(options.Concat(faults), name => Assert.Contains($"`{name}`", readme, StringComparison.Ordinal));
    }

    private static async Task<string> ReadmeAsync()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root!.FullName, "FunctionsApp.sln")))
            root = root.Parent;
        return await File.ReadAllTextAsync(Path.Combine(root.FullName, "src", "Emulator", "README.md"), TestContext.Current.CancellationToken);
    }
}
